"""A simulated chain: its whole folder with one command, every row with its rightful member."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from django.conf import settings as django_settings
from pytest_django import Settings
from typer.testing import CliRunner

from regulars.apps.ingest import services
from regulars.apps.ingest.services import carrying
from regulars.apps.ingest.types import LoadReport, RunState
from regulars.apps.members.models import Member
from regulars.apps.members.types import MemberState
from regulars.base.brand import Brand
from regulars.lake import Lake
from regulars.lake.contracts import contracts
from regulars.server import cli

pytestmark = pytest.mark.django_db


@pytest.fixture
def raw(tmp_path: Path, settings: Settings) -> Path:
    """The raw files of 2,500 members in a month."""
    settings.REGULARS_BRAND = Brand(name="Test", zone="Asia/Shanghai", currency="CNY", region="CN")
    out = tmp_path / "chain"
    arguments = ["simulate", "--members", "2500", "--months", "1", "--seed", "5", "--out", str(out)]
    result = CliRunner().invoke(cli.mounted("simulate"), arguments)
    assert result.exit_code == 0, result.output
    return out / "raw"


def table(name: str) -> pl.DataFrame:
    with Lake(django_settings.REGULARS_LAKE).snapshot() as snapshot:
        return pl.DataFrame(snapshot.table(name).to_pyarrow())


def test_the_whole_folder_is_loaded_and_the_lake_agrees_with_the_ledger(
    raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # People of one file are found in portions: later ones join members of earlier ones.
    monkeypatch.setattr(carrying, "PERSONS_AT_ONCE", 400)
    found = []
    for report in services.load_set("simulated_chain", folder=str(raw)):
        found.append(report)
        if isinstance(report, LoadReport) and report.contract == "order_lines":
            # Between two files, too, the lake knows every member that a fact names.
            named = set(table("orders")["member_id"].drop_nulls())
            assert named <= set(table("members")["member_id"]), report.source_file
    done = [report for report in found if isinstance(report, LoadReport)]
    assert len(done) == len(found) >= 17
    assert {report.state for report in done} == {RunState.DONE}
    assert sum(report.members_merged for report in done) > 0
    merged = set(Member.objects.filter(state=MemberState.MERGED).values_list("pk", flat=True))
    active = set(Member.objects.filter(state=MemberState.ACTIVE).values_list("pk", flat=True))
    assert merged
    assert set(table("members")["member_id"]) == active
    facts = [one.name for one in contracts() if one.kind == "fact" and one.knows_members]
    for name in facts:
        assert set(table(name)["member_id"].drop_nulls()) <= active, name
    # Whom only orders tell of has the store of the first of them.
    unregistered = Member.objects.filter(state=MemberState.ACTIVE, joined_from_orders=True)
    by_orders = table("members").filter(
        pl.col("member_id").is_in(list(unregistered.values_list("pk", flat=True)))
        & pl.col("member_id").is_in(table("orders")["member_id"].drop_nulls().unique().to_list())
    )
    first = table("orders").sort("ordered_at", "order_id").group_by("member_id").first()
    stores = by_orders.join(first, on="member_id").select("home_store_id", "store_id")
    assert stores.height == by_orders.height > 0
    assert stores["home_store_id"].to_list() == stores["store_id"].to_list()
    lines = {report.source_file: report for report in done if report.contract == "order_lines"}
    assert table("order_lines").height == sum(
        report.counts.read - report.counts.duplicates for report in lines.values()
    )
    # A second run finds every file loaded and writes nothing.
    with Lake(django_settings.REGULARS_LAKE).snapshot() as snapshot:
        before = snapshot.sequence
    again = list(services.load_set("simulated_chain", folder=str(raw)))
    assert {one.state for one in again if isinstance(one, LoadReport)} == {RunState.UNCHANGED}
    with Lake(django_settings.REGULARS_LAKE).snapshot() as snapshot:
        assert snapshot.sequence == before
