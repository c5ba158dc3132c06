"""The demo from nothing: what the issue promises of it, and that a second run changes nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from deltalake import DeltaTable

from tests.child_ledger import ChildLedger, ChildLedgers
from tests.commands import journey_checks
from tests.ledger.contents import run_in
from tests.science.journey_oracle import LIFECYCLE_ORACLE, RFM_ORACLE, raw_visits

pytestmark = pytest.mark.demo


@pytest.fixture(scope="module")
def ledger(child_ledgers: ChildLedgers, tmp_path_factory: pytest.TempPathFactory) -> ChildLedger:
    ledger = child_ledgers.from_nothing(tmp_path_factory.mktemp("demo"))
    prepare(ledger)
    return ledger


@pytest.fixture(scope="module")
def home(ledger: ChildLedger) -> Path:
    return ledger.home


def prepare(ledger: ChildLedger) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "regulars.server", "demo", "--no-serve"],
        env=ledger.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def raw(home: Path) -> duckdb.DuckDBPyConnection:
    """Return the raw baskets beside the lake, read by nothing of ours, and whose is whose."""
    connection = raw_visits()
    for name in ("orders", "order_lines", "features/rfm", "features/lifecycle"):
        files = DeltaTable(home / "lake" / name).file_uris()
        connection.execute(
            f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet({files}, hive_partitioning = true)'
        )
    connection.execute(
        "CREATE TABLE members AS SELECT DISTINCT member_id, who FROM orders "
        "JOIN visits ON order_id = basket_id::VARCHAR"
    )
    return connection


def test_every_row_is_accounted_for(ledger: ChildLedger) -> None:
    journey_checks.check_counts(ledger)


def test_no_cent_is_lost_and_dirt_is_handled_by_rule(ledger: ChildLedger) -> None:
    journey_checks.check_lines(ledger)
    journey_checks.check_orders(ledger.home)
    journey_checks.check_the_rest(ledger.home)


def test_all_rows_and_every_cent_are_there(raw: duckdb.DuckDBPyConnection) -> None:
    assert raw.execute("SELECT count(*), sum(net_amount) FROM order_lines").fetchone() == (
        1_469_307,
        Decimal("4596039.58"),
    )
    assert raw.execute("SELECT count(*), sum(net_amount) FROM orders").fetchone() == (
        155_848,
        Decimal("4596039.58"),
    )


def test_a_household_is_one_member(raw: duckdb.DuckDBPyConnection) -> None:
    counted = "SELECT count(*), count(DISTINCT member_id), count(DISTINCT who) FROM members"
    assert raw.execute(counted).fetchone() == (2_469, 2_469, 2_469)


def test_features_equal_the_sql_over_the_raw_files(raw: duckdb.DuckDBPyConnection) -> None:
    found = raw.execute(
        "SELECT who, recency_days, frequency, (monetary * 100)::BIGINT, r_score, f_score, m_score, "
        'rfm_group FROM "features/rfm" JOIN members USING (member_id) '
        "WHERE as_of = '2018-01-01'"
    ).fetchall()
    assert len(found) == 2_469
    assert set(found) == set(raw.execute(RFM_ORACLE).fetchall())
    staged = raw.execute(
        "SELECT who, lifecycle_stage, entered_on, order_count "
        'FROM "features/lifecycle" JOIN members USING (member_id) '
        "WHERE as_of = '2018-01-01'"
    ).fetchall()
    assert len(staged) == 2_469
    assert set(staged) == set(raw.execute(LIFECYCLE_ORACLE).fetchall())


def test_a_second_run_changes_nothing(ledger: ChildLedger) -> None:
    before = lake_files(ledger.home)
    printed = prepare(ledger)
    assert printed.count("already loaded") == 7
    assert lake_files(ledger.home) == before


LOAD_AGAIN = """
import json
import django
django.setup()
from regulars.apps.ingest import services
from regulars.server.demo.build import MAPPINGS
counts = [services.load(f"complete_journey/{name}", force=True).counts for name in MAPPINGS]
print(json.dumps([[one.read - one.duplicates, one.loaded, one.removed, one.quarantined]
                  for one in counts]))
"""


def test_reading_every_file_again_finds_only_what_is_held(ledger: ChildLedger) -> None:
    before = lake_files(ledger.home)
    said = run_in(ledger, LOAD_AGAIN).splitlines()[-1]
    assert json.loads(said) == [[0, 0, 0, 0]] * 7, said
    assert lake_files(ledger.home) == before


def lake_files(home: Path) -> dict[str, bytes | int]:
    """Return every file of the lake with its size, and the manifest's content."""
    lake = home / "lake"
    sizes = {str(path.relative_to(lake)): path.stat().st_size for path in lake.rglob("*.parquet")}
    return sizes | {"manifest": (lake / "_manifest.json").read_bytes()}
