"""Real processes read while one writes, also when the writer is killed half way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from regulars.lake import Lake
from tests.lake.sales_rows import Line, held_lines, line_rows, order_rows

CRASHES = (
    "in the data of the first table",
    "before the log of the first table",
    "between two tables",
    "before the manifest",
    "before the rename of the manifest",
)
READERS = 2


def test_readers_see_whole_commits_while_writers_are_killed(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    _write_order(lake, 0)
    expected = [0]
    with ExitStack() as processes:
        # One commit follows each crash, then two by the writer itself.
        last = 1 + len(CRASHES) + 1 + 2
        readers = [
            processes.enter_context(_process("steady_reader", lake.root, last))
            for _ in range(READERS)
        ]
        writer = processes.enter_context(_process("crashing_writer", lake.root))
        for process in (writer, *readers):
            assert _line(process) == "ready"

        for number, point in enumerate(CRASHES, start=100):
            _say(writer, f"{point}|{number}")
            assert _line(writer) == str(-signal.SIGKILL), point
            _check_after_crash(lake, expected, number - 99)

        # Killed from outside, with one table written and the lock held.
        _say(writer, "wait|200")
        child = int(_line(writer))
        assert _line(writer) == "half"
        os.kill(child, signal.SIGKILL)
        assert _line(writer) == str(-signal.SIGKILL)
        _check_after_crash(lake, expected, 50)

        _say(writer, "nowhere|60")
        assert _line(writer) == "0"
        _say(writer, "after the commit|61")
        assert _line(writer) == str(-signal.SIGKILL)
        expected += [60, 61]
        assert held_lines(lake) == _lines(expected)

        for reader in readers:
            output, errors = reader.communicate(timeout=60)
            report = json.loads(output)
            assert report["contradictions"] == [], errors
            assert report["seen"][-1] == last


def _check_after_crash(lake: Lake, expected: list[int], number: int) -> None:
    """Readers keep the old version; the next write succeeds and the counts are exact."""
    assert held_lines(lake) == _lines(expected)
    _write_order(lake, number)
    expected.append(number)
    assert held_lines(lake) == _lines(expected)
    held = {table.name: table.rows for table in lake.tables()}
    assert (held["orders"], held["order_lines"]) == (len(expected), 2 * len(expected))


def _lines(numbers: list[int]) -> set[Line]:
    return {Line(f"o{number}", str(line)) for number in numbers for line in range(2)}


def _write_order(lake: Lake, number: int) -> None:
    lines = sorted(_lines([number]), key=lambda line: line.line_no)
    with lake.transaction(wait_seconds=60) as transaction:
        transaction.append("orders", order_rows(lines))
        transaction.upsert("order_lines", line_rows(lines))


@contextmanager
def _process(module: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", f"tests.lake.{module}", *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(["src", "."])},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _say(process: subprocess.Popen[str], request: str) -> None:
    assert process.stdin is not None
    process.stdin.write(request + "\n")
    process.stdin.flush()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    if not line and process.stderr is not None:
        raise AssertionError(process.stderr.read())
    return line
