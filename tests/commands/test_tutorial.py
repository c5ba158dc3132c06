"""The tutorial's own export and mapping do what the tutorial says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pytest_django import Settings

from regulars.apps.ingest.services import load
from regulars.apps.ingest.types import LoadReport, RunState
from regulars.base.brand import Brand
from regulars.lake import Lake
from tests.source_tree import text_of


@pytest.fixture
def mapping(tmp_path: Path, settings: Settings) -> str:
    """Write the tutorial's two files; return the path of the mapping."""
    settings.REGULARS_HOME = tmp_path / "home"
    settings.REGULARS_LAKE = tmp_path / "home" / "lake"
    settings.REGULARS_BRAND = Brand("Corner Shops", "Asia/Shanghai", "CNY", "CN")
    page = text_of("docs/tutorial/own-data.md")
    for language, name in (("csv", "receipts.csv"), ("yaml", "receipts.yaml")):
        block = re.search(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
        assert block is not None
        (tmp_path / name).write_text(block[1], encoding="utf-8")
    return str(tmp_path / "receipts.yaml")


def counts(report: LoadReport) -> tuple[int, int, int, int]:
    return (
        report.counts.read,
        report.counts.loaded,
        report.counts.duplicates,
        report.counts.quarantined,
    )


@pytest.mark.django_db(transaction=True)
def test_four_rows_load_and_one_waits_in_quarantine(mapping: str, settings: Settings) -> None:
    report = load(mapping)
    assert counts(report) == (5, 4, 0, 1)
    assert [reason.count for reason in report.reasons] == [1]
    assert report.members_created == 2
    with Lake(settings.REGULARS_LAKE).snapshot() as snapshot:
        lines = snapshot.table("order_lines").to_pyarrow().to_pylist()
    flagged = [line["order_id"] for line in lines if "zero_quantity" in line["flags"]]
    assert flagged == ["R3"]
    buyers = {line["order_id"]: line["member_id"] for line in lines}
    assert buyers["R1"] == buyers["R2"] != buyers["R3"]


@pytest.mark.django_db(transaction=True)
def test_the_second_load_changes_nothing(mapping: str, settings: Settings) -> None:
    load(mapping)
    lake = Lake(settings.REGULARS_LAKE)
    with lake.snapshot() as snapshot:
        before = snapshot.versions
    assert load(mapping).state is RunState.UNCHANGED
    with lake.snapshot() as snapshot:
        assert snapshot.versions == before
