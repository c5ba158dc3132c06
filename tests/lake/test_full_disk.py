"""A disk that fills up is named, and nothing is half-written."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from regulars.base.errors import LakeError
from regulars.lake import Lake
from tests.lake.sales_rows import Line, held_lines, line_rows

HELD = [Line("o1"), Line("o2")]
MANY = [Line(f"n{number}", str(number * 7919 % 1009)) for number in range(3_000)]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    with lake.transaction() as transaction:
        transaction.append("order_lines", line_rows(HELD))
    return lake


@contextmanager
def _files_of_at_most(size: int) -> Iterator[None]:
    """Let the kernel refuse to write more than ``size`` bytes into any file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


# Room for: nothing at all; the staged rows but no log; the log but not the whole data file.
@pytest.mark.parametrize("size", [0, 1_000, 8_000])
@pytest.mark.parametrize("write", ["append", "upsert"])
def test_a_full_disk_is_named_and_changes_nothing(lake: Lake, write: str, size: int) -> None:
    manifest = (lake.root / "_manifest.json").read_bytes()
    data = set(lake.root.rglob("*.parquet"))
    with pytest.raises(LakeError, match="the disk is full; nothing was written"):
        _write(lake, write, size)
    assert (lake.root / "_manifest.json").read_bytes() == manifest
    assert set(lake.root.rglob("*.parquet")) == data
    assert held_lines(lake) == set(HELD)
    with lake.transaction() as transaction:
        assert transaction.append("order_lines", line_rows(MANY)) == len(MANY)
    assert held_lines(lake) == {*HELD, *MANY}


def _write(lake: Lake, write: str, size: int) -> None:
    with lake.transaction() as transaction, _files_of_at_most(size):
        getattr(transaction, write)("order_lines", line_rows(MANY))


def test_a_manifest_that_does_not_fit_leaves_the_old_one(lake: Lake) -> None:
    lines = line_rows([Line("o3")])

    def write() -> None:
        with lake.transaction(note="n" * 100_000) as transaction:
            transaction.append("order_lines", lines)
            limit.__enter__()

    limit = _files_of_at_most(20_000)
    try:
        with pytest.raises(LakeError, match="the disk is full"):
            write()
    finally:
        limit.__exit__(None, None, None)
    assert held_lines(lake) == set(HELD)
    assert not (lake.root / "_manifest.json.tmp").exists()
    with lake.transaction() as transaction:
        transaction.append("order_lines", lines)
    assert held_lines(lake) == {*HELD, Line("o3")}
