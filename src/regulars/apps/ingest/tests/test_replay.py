"""Quarantined rows: sealed, opened by name, corrected, replayed once or discarded."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection

from regulars.apps.accounts.models import AuditEvent
from regulars.apps.ingest import queries, services
from regulars.apps.ingest.models import LoadRun, QuarantinedRow
from regulars.apps.ingest.tests.shop import GOOD, LINES, Shop
from regulars.apps.ingest.types import QuarantineState, Replay, RowCounts, RunKind, RunState
from regulars.base.errors import MappingError, NotVisibleError, RuleError


@pytest.fixture
def bad(shop: Shop) -> int:
    """The id of a refused line of an order whose other line is loaded."""
    report = shop.load_lines({}, {"line": "2", "paid": "5,0", "card": "13800138000"})
    assert report.counts == RowCounts(read=2, loaded=1, quarantined=1)
    return QuarantinedRow.objects.get().pk


def test_a_refused_row_keeps_its_reason_and_its_raw_form(shop: Shop, bad: int) -> None:
    found = services.reveal_row(bad, actor=None)
    assert (found.line.reason, found.line.column, found.line.row_number) == (
        *("not_an_amount", "list_amount"),
        2,
    )
    assert found.values == {**GOOD, "line": "2", "paid": "5,0", "card": "13800138000"}
    assert AuditEvent.objects.filter(action="reveal", object_id=str(bad)).count() == 1


def test_the_raw_form_is_sealed(shop: Shop, bad: int) -> None:
    row = QuarantinedRow.objects.get()
    assert b"13800138000" not in bytes(row.raw_ciphertext)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ingest_quarantinedrow")
        assert "13800138000" not in repr(cursor.fetchall())


def test_a_corrected_row_joins_its_order_once(shop: Shop, bad: int) -> None:
    assert services.fix_and_replay({bad: {"paid": "5.00"}}, actor=None) == (
        Replay(bad, QuarantineState.REPLAYED),
    )
    order = shop.table("orders")[0]
    assert (order["net_amount"], order["line_count"]) == (Decimal("24.80"), 2)
    assert shop.column("order_lines", "line_no") == ["1", "2"]
    row = QuarantinedRow.objects.get()
    assert row.replay_run is not None
    assert (row.replay_run.kind, row.replay_run.rows_loaded) == (RunKind.REPLAY, 1)
    sequence = shop.sequence
    with pytest.raises(RuleError, match="no longer open"):
        services.fix_and_replay({bad: {"paid": "6.00"}}, actor=None)
    assert shop.sequence == sequence


def test_a_row_that_is_still_wrong_stays_open_with_its_new_reason(shop: Shop, bad: int) -> None:
    (replay,) = services.fix_and_replay({bad: {"paid": "5.00", "at": "soon"}}, actor=None)
    assert (replay.state, replay.reason, replay.column) == (
        *(QuarantineState.OPEN, "not_a_time", "ordered_at"),
    )
    assert services.reveal_row(bad, actor=None).values["paid"] == "5.00"
    assert shop.column("orders", "line_count") == [1]
    services.fix_and_replay({bad: {"at": GOOD["at"]}}, actor=None)
    assert shop.column("orders", "line_count") == [2]


def test_several_rows_are_replayed_together(shop: Shop) -> None:
    shop.load_lines({"paid": "a"}, {"line": "2", "paid": "b"}, {"order": "o2", "paid": "c"})
    rows = list(QuarantinedRow.objects.order_by("row_number").values_list("pk", flat=True))
    replays = services.fix_and_replay(
        {rows[0]: {"paid": "1"}, rows[1]: {"paid": "2"}, rows[2]: {"paid": "-3"}}, actor=None
    )
    assert [replay.state for replay in replays] == ["replayed", "replayed", "open"]
    assert shop.column("orders", "net_amount") == [Decimal("3.00")]
    run = LoadRun.objects.get(kind=RunKind.REPLAY)
    assert (run.rows_read, run.rows_loaded, run.rows_quarantined) == (3, 2, 1)


def test_a_row_without_cells_is_filled_in_by_hand(shop: Shop) -> None:
    path = shop.csv([GOOD])
    path.write_text(path.read_text(encoding="utf-8") + "torn,line\n", encoding="utf-8")
    shop.load(shop.mapping(LINES))
    row = QuarantinedRow.objects.get()
    found = services.reveal_row(row.pk, actor=None)
    assert found.text == "torn,line"
    assert dict(found.values) == dict.fromkeys(GOOD)
    services.fix_and_replay({row.pk: {**GOOD, "order": "o9"}}, actor=None)
    assert shop.column("orders", "order_id") == ["o1", "o9"]


def test_a_discarded_row_is_settled(shop: Shop, bad: int) -> None:
    services.discard(bad, actor=None)
    with pytest.raises(RuleError):
        services.discard(bad, actor=None)
    with pytest.raises(RuleError):
        services.fix_and_replay({bad: {"paid": "5"}}, actor=None)
    assert queries.quarantine().total == 0
    assert queries.quarantine(state=QuarantineState.DISCARDED).total == 1


def test_a_replay_that_fails_leaves_the_row_open(shop: Shop, bad: int) -> None:
    (shop.home / "mappings" / "lines.yaml").write_text("source: [", encoding="utf-8")
    with pytest.raises(MappingError):
        services.fix_and_replay({bad: {"paid": "5.00"}}, actor=None)
    assert QuarantinedRow.objects.get().state == QuarantineState.OPEN
    assert LoadRun.objects.get(kind=RunKind.REPLAY).state == RunState.FAILED


def test_a_row_that_is_not_there(shop: Shop) -> None:
    with pytest.raises(NotVisibleError):
        services.fix_and_replay({7: {}}, actor=None)


def test_a_row_whose_member_is_refused_is_set_aside_where_one_is_needed(shop: Shop) -> None:
    text = """
source: survey
contract: member_attributes
file: {format: csv, path: ../files/survey.csv}
member:
  identifiers: [{kind: card_no, column: card}]
attributes: {size: size}
"""
    shop.csv(
        [{"card": "c1", "size": "M"}, {"card": "refused", "size": "L"}],
        "survey.csv",
        ("card", "size"),
    )
    report = shop.load(shop.mapping(text, "survey"))
    assert report.counts == RowCounts(read=2, loaded=1, quarantined=1)
    row = QuarantinedRow.objects.get()
    assert (row.reason, row.row_number) == ("member_refused", 2)
    services.fix_and_replay({row.pk: {"card": "c2"}}, actor=None)
    assert shop.column("member_attributes", "value") == ["M", "L"]


def test_an_order_whose_member_is_refused_is_nobodys(shop: Shop) -> None:
    report = shop.load_lines({"card": "refused"})
    assert report.counts == RowCounts(read=1, loaded=1)
    assert shop.column("orders", "member_id") == [None]
    assert {note.rule: note.count for note in report.notes}["unknown_member"] == 1
