"""Load new and corrected orders into a loaded chain, beside DuckDB rewriting the months it touches.

A night's file of a chain: half of its orders are new, half correct orders of the last 60 days (one
line more is sold), one till file of all lines. Two figures: until the orders are seen, and until
the lake has followed the merges they led to, which it does in a second commit. The hard case
corrects 5,000 orders spread over all months. ``REGULARS_BENCH_CHAIN`` names the folder of a
simulation and ``REGULARS_BENCH_LOADED`` a home it was loaded into, which is copied; left out, a
chain of ``REGULARS_BENCH_PEOPLE`` members (20,000) is made and loaded. ``REGULARS_BENCH_ORDERS``
sets the size of the file (200,000, at most half of the last 60 days). A loaded home without the
folder it was loaded from is refused.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb
from django.conf import settings
from django.db import connection as ledger

from benchmarks.harness import Measurement, measured
from benchmarks.scenarios.million.load import SET, chain, load_everything, prepare
from regulars.apps.ingest.services import load
from regulars.lake import Lake
from regulars.lake.storage.delta import files_of

ORDERS = int(os.environ.get("REGULARS_BENCH_ORDERS", "200000"))
SPREAD_ORDERS = 5_000
_LAST_DAYS = 60
_MAPPING = f"{SET}/pos_orders"


def measurements() -> Sequence[Measurement]:
    _refuse_half_of_a_pair()
    with tempfile.TemporaryDirectory() as made:
        folder = chain(Path(made))
        _loaded(folder)
        night, spread = Path(made) / "night.csv", Path(made) / "spread.csv"
        half = _written(folder / "raw", night, wanted=ORDERS, latest=True)
        few = _written(folder / "raw", spread, wanted=SPREAD_ORDERS, latest=False)
        found = []
        for name, path, orders in (("new and corrected", night, half), ("spread", spread, few)):
            held = _held_months(path)
            report, both = measured(
                f"regulars load, {name}", partial(load, _MAPPING, path=str(path)), rows=orders,
                repeats=1, note="rows: orders; until they are seen: identity, comparison, commit",
            )  # fmt: skip
            if report.counts.loaded != report.counts.read:
                raise SystemExit(f"{name}: not every line was news: {report.counts}")
            seen = round(report.seconds, 4)
            settled = replace(
                both, contender=f"and settled, {name}",
                note=f"the same, and {report.members_merged} merges it led to followed",
            )  # fmt: skip
            _, limit = measured(
                f"DuckDB rewrite, {name}", partial(_rewritten, held, Path(made) / "out"),
                rows=orders, repeats=1, note="the limit: the touched months read and written",
            )  # fmt: skip
            found += [replace(both, seconds=(seen,)), settled, limit]
    return found


def _refuse_half_of_a_pair() -> None:
    """A small chain's orders loaded into another chain's home would measure neither."""
    if os.environ.get("REGULARS_BENCH_LOADED") and not os.environ.get("REGULARS_BENCH_CHAIN"):
        raise SystemExit(
            "REGULARS_BENCH_LOADED names a loaded home: name the simulation it was loaded from in "
            "REGULARS_BENCH_CHAIN, too"
        )


def _loaded(folder: Path) -> None:
    given = os.environ.get("REGULARS_BENCH_LOADED")
    if not given:
        prepare()
        load_everything(folder / "raw")
        return
    ledger.close()
    shutil.copytree(given, settings.REGULARS_HOME, dirs_exist_ok=True)
    prepare()


def _written(raw: Path, file: Path, *, wanted: int, latest: bool) -> int:
    """Write a till file of corrected orders and, for the latest days, as many new ones."""
    share = wanted // 2 if latest else wanted
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE VIEW till AS SELECT * FROM read_csv('{raw}/pos/orders_*.csv', "
            "all_varchar = true, header = true, encoding = 'latin-1')"
        )
        names = [row[0] for row in connection.execute("DESCRIBE till").fetchall()]
        order, moment, quantity = (_written_name(names, name) for name in _NAMES)
        recent = f"{moment} >= (SELECT max({moment})::TIMESTAMP - INTERVAL {_LAST_DAYS} DAY FROM "
        recent += "till)::VARCHAR" if latest else ""
        where = f"WHERE {recent}" if latest else ""
        chosen = f"SELECT DISTINCT {order} AS chosen FROM till {where} ORDER BY hash(chosen)"
        connection.execute(f"CREATE TABLE picked AS {chosen} LIMIT {share}")
        # The spread ones may have been corrected that night: they differ from both.
        more = 1 if latest else 2
        raised = f"({quantity}::DECIMAL(18, 3) + {more})::VARCHAR AS {quantity}"
        corrected = f"* REPLACE ({raised})"
        rows = f"FROM till SEMI JOIN picked ON {order} = chosen"
        query = f"SELECT {corrected} {rows}"
        if latest:
            query += f" UNION ALL SELECT * REPLACE ({order} || '-N' AS {order}) {rows}"
        connection.execute(f"COPY ({query}) TO '{file}' (FORMAT csv, HEADER)")
        count = connection.execute("SELECT count(*) FROM picked").fetchone()
    # What went through latin-1 is in UTF-8 now: bring the bytes back to what they were.
    file.write_bytes(file.read_text(encoding="utf-8").encode("latin-1"))
    return (count[0] if count else 0) * (2 if latest else 1)


_NAMES = ("订单号", "交易时间", "数量")


def _written_name(names: list[str], name: str) -> str:
    """Return a column's name as latin-1 shows its GB18030 bytes."""
    shown = name.encode("gb18030").decode("latin-1")
    if shown not in names:
        raise SystemExit(f"the till's files have no column {name}")
    return f'"{shown}"'


def _held_months(file: Path) -> list[tuple[str, list[str]]]:
    """Return the months that the till file touches, of both tables: a name and the files of each.

    They are those of the newest commit: the folders also hold files that earlier commits left.
    """
    with duckdb.connect() as connection:
        names = [row[0] for row in connection.execute(_till(file, "DESCRIBE")).fetchall()]
        query = _till(file, f"SELECT DISTINCT {_written_name(names, '交易时间')}[:7] FROM")
        months = {row[0] for row in connection.execute(query).fetchall()}
    found: dict[str, list[str]] = defaultdict(list)
    versions = Lake(settings.REGULARS_LAKE).snapshot().versions
    for table in ("orders", "order_lines"):
        for held in files_of(settings.REGULARS_LAKE / table, versions[table]).data:
            if months.intersection(held.partition):
                found[f"{table}-{held.partition[0]}"].append(str(held.path))
    return sorted(found.items())


def _rewritten(months: list[tuple[str, list[str]]], target: Path) -> None:
    """Read the months' files and write them again."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    with duckdb.connect() as connection:
        for name, files in months:
            connection.execute(
                f"COPY (SELECT * FROM read_parquet({files})) TO '{target}/{name}.parquet' "
                "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
            )


def _till(file: Path, what: str) -> str:
    read = f"read_csv('{file}', all_varchar = true, header = true, encoding = 'latin-1')"
    return f"DESCRIBE SELECT * FROM {read}" if what == "DESCRIBE" else f"{what} {read}"
