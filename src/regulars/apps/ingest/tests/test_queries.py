"""What the data pages read: sources, runs, quarantine; in few questions to the ledger."""

from __future__ import annotations

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from regulars.apps.ingest import queries
from regulars.apps.ingest.tests.shop import Shop
from regulars.apps.ingest.types import RowCounts, RunKind, RunState
from regulars.base.errors import NotVisibleError


def test_sources_show_their_last_run_and_how_fresh_they_are(
    shop: Shop, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    shop.load_lines({}, {"line": "2", "paid": "x"})
    shop.load("lines")
    with django_assert_num_queries(4), translation.override("zh-hans"):
        sources = {line.mapping: line for line in queries.sources()}
    till = sources["lines"]
    assert (till.title, till.contract, till.format, till.error) == (
        "收银",
        "order_lines",
        "csv",
        "",
    )
    assert till.last_run is not None
    assert till.last_run.state is RunState.UNCHANGED
    assert (till.rows_loaded, till.open_rows) == (1, 1)
    assert till.loaded_at is not None
    assert sources["complete_journey/products"].last_run is None
    assert sources["complete_journey/products"].loaded_at is None


def test_runs_are_paged_newest_first(
    shop: Shop, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        shop.load_lines({}, force=True)
    with django_assert_num_queries(2):
        page = queries.runs(page=2, per_page=2)
    assert (page.total, page.page, page.pages, len(page.lines)) == (3, 2, 2, 1)
    assert page.lines[0].counts == RowCounts(read=1, loaded=1)
    assert [line.run_id for line in queries.runs().lines] == sorted(
        (line.run_id for line in queries.runs().lines), reverse=True
    )
    assert queries.runs(state=RunState.FAILED).total == 0
    assert queries.runs(mapping="other").lines == ()
    assert queries.runs(page=99).page == 1


def test_a_run_tells_everything(
    shop: Shop, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    report = shop.load_lines({}, {"line": "2", "qty": "0"}, {"line": "3", "at": "soon"})
    assert report.run_id is not None
    with django_assert_num_queries(4):
        detail = queries.run(report.run_id)
    assert detail.line.kind is RunKind.LOAD
    assert detail.line.counts == report.counts == RowCounts(read=3, loaded=2, quarantined=1)
    assert {note.rule: note.count for note in detail.notes} == {
        "unknown_product": 2,
        "zero_quantity": 1,
    }
    assert [(reason.reason, reason.count) for reason in detail.reasons] == [("not_a_time", 1)]
    assert detail.tables == report.tables
    assert (detail.open_rows, detail.members_created) == (1, 1)
    assert detail.lake_sequence == 1
    with pytest.raises(NotVisibleError):
        queries.run(report.run_id + 1)


def test_quarantine_is_filtered_and_counted_by_reason(
    shop: Shop, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = shop.load_lines(
        {"at": "soon"}, {"paid": "x", "line": "2"}, {"at": "never", "line": "3"}
    )
    shop.load_lines({"at": "later"})
    with django_assert_num_queries(3):
        page = queries.quarantine(reason="not_a_time", per_page=2)
    assert (page.total, page.pages) == (3, 2)
    assert [(reason.reason, reason.count) for reason in page.reasons] == [
        ("not_a_time", 3),
        ("not_an_amount", 1),
    ]
    assert page.lines[0].row_number == 1
    assert page.lines[0].column == "ordered_at"
    assert queries.quarantine(run_id=first.run_id).total == 3
    with translation.override("en"):
        assert queries.quarantine().lines[0].reason_text == "This cannot be read as a date or time"
