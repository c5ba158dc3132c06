"""What waits lands in one load: once, corrected, refused lines in quarantine."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from regulars.apps.ingest import queries, services
from regulars.apps.ingest.models import LoadRun, PostedOrder, QuarantinedRow
from regulars.apps.ingest.services import carrying
from regulars.apps.ingest.services.inbox import land_posted, landing, post_orders
from regulars.apps.ingest.services.inbox.forgetting import (
    forget_landed_orders,
    forget_quiet_landings,
)
from regulars.apps.ingest.tests.inbox.till import line, order
from regulars.apps.ingest.tests.shop import Shop
from regulars.apps.ingest.types import LandingReport, PostedState, QuarantineState
from regulars.base.errors import ContractError, LakeError, SourceError


def state_of(order_id: str = "o1", source: str = "till") -> PostedState:
    held = queries.posted_order(order_id, source)
    assert held is not None
    return held


def test_orders_land_with_lines_header_member_store_and_product(shop: Shop) -> None:
    post_orders([order("o1", line("1"), line("2", product_id="p2"), staff_id="g7")], source="till")
    report = land_posted()
    (run,) = LoadRun.objects.all()
    assert report == LandingReport(landed=1, run_ids=(run.pk,))
    (header,) = shop.table("orders")
    expected: dict[str, Any] = {
        "order_id": "o1",
        "member_id": "m1",
        "store_id": "s1",
        "staff_id": "g7",
        "channel": "pos",
        "ordered_at": datetime(2024, 5, 1, 1, 30, tzinfo=UTC),
        "business_date": date(2024, 5, 1),
        "currency": "CNY",
        "list_amount": Decimal("40.00"),
        "discount_amount": Decimal("0.40"),
        "coupon_amount": Decimal("0.00"),
        "net_amount": Decimal("39.60"),
        "line_count": 2,
        "item_count": 4,
        "source": "till",
    }
    assert {name: header[name] for name in expected} == expected
    assert shop.column("order_lines", "product_id") == ["p1", "p2"]
    assert shop.column("stores", "store_id") == ["s1"]
    assert shop.column("products", "placeholder") == [True, True]
    assert (run.state, run.mapping, run.source, run.rows_loaded) == (
        "done",
        "posted/orders",
        "till",
        2,
    )
    held = state_of()
    assert (held.state, held.refusals) == ("landed", ())
    assert held.landed_at is not None
    assert bytes(PostedOrder.objects.get().payload) == b""


def test_nothing_waiting_writes_nothing(shop: Shop) -> None:
    assert land_posted() == LandingReport()
    assert not LoadRun.objects.exists()
    assert shop.sequence == 0


def test_what_landed_does_not_land_again(shop: Shop) -> None:
    post_orders([order()], source="till")
    land_posted()
    sequence = shop.sequence
    assert post_orders([order()], source="till")[0].state == "duplicate"
    assert land_posted() == LandingReport()
    assert shop.sequence == sequence


def test_a_correction_replaces_the_whole_order(shop: Shop) -> None:
    post_orders([order("o1", line("1"), line("2")), order("o2")], source="till")
    land_posted()
    changed = order("o1", line("2", quantity=Decimal(1), net_amount=Decimal("9.90")), store_id="s2")
    post_orders([changed], source="till")
    assert state_of().state == "pending"
    assert land_posted().landed == 1
    lines = [(r["order_id"], r["line_no"], r["net_amount"]) for r in shop.table("order_lines")]
    assert lines == [("o1", "2", Decimal("9.90")), ("o2", "1", Decimal("19.80"))]
    assert shop.column("orders", "store_id") == ["s2", "s1"]
    assert (state_of().state, state_of().version) == ("landed", 2)


def test_a_landing_takes_the_oldest_first_and_says_that_more_wait(shop: Shop) -> None:
    for name in ("first", "second", "third"):
        post_orders([order(name)], source="till")
    report = land_posted(limit=2)
    assert (report.landed, report.waiting) == (2, True)
    assert shop.column("orders", "order_id") == ["first", "second"]
    report = land_posted(limit=2)
    assert (report.landed, report.waiting) == (1, False)


def test_every_source_keeps_its_name(shop: Shop) -> None:
    post_orders([order("t1")], source="till")
    post_orders([order("w1", channel="web")], source="shop")
    report = land_posted()
    assert (report.landed, len(report.run_ids)) == (2, 2)
    assert shop.column("orders", "source") == ["till", "shop"]


def test_a_refused_line_waits_in_quarantine_and_is_mended_there(shop: Shop) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=3)
    post_orders(
        [
            order("o1", line("1"), line("2", net_amount=Decimal(-5), list_amount=Decimal(1))),
            order("o2", ordered_at=tomorrow),
            order("o3"),
        ],
        source="till",
    )
    report = land_posted()
    assert (report.landed, report.refused) == (1, 2)
    assert shop.column("order_lines", "order_id") == ["o1", "o3"]
    held = state_of("o1")
    (refusal,) = held.refusals
    assert (held.state, refusal.reason, refusal.column) == ("refused", "negative", "net_amount")
    assert [each.reason for each in state_of("o2").refusals] == ["in_future"]
    (replay,) = services.fix_and_replay({refusal.row_id: {"net_amount": "5"}}, actor=None)
    assert replay.state == QuarantineState.REPLAYED
    assert state_of("o1").state == "landed"
    assert shop.column("orders", "line_count") == [2, 1]
    assert set(shop.column("order_lines", "source")) == {"till"}
    assert LoadRun.objects.get(kind="replay").source == "till"


def test_a_correction_closes_what_was_refused_before_it(shop: Shop) -> None:
    post_orders([order("o1", line("1"), line("2", quantity=Decimal(-1)))], source="till")
    land_posted()
    (refusal,) = state_of().refusals
    post_orders([order("o1", line("1"))], source="till")
    land_posted()
    assert (state_of().state, state_of().refusals) == ("landed", ())
    row = QuarantinedRow.objects.get(pk=refusal.row_id)
    assert (row.state, row.closed_by) == ("discarded", "a later correction")


def test_a_correction_that_arrives_while_its_order_lands_is_not_lost(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_orders(
        [order("o1", line("1"), line("2", quantity=Decimal(-1))), order("o2")], source="till"
    )
    carry = carrying.carry

    def overtaken(*given: Any, **options: Any) -> Any:
        carried = carry(*given, **options)
        post_orders([order("o1", store_id="s9")], source="till")
        return carried

    monkeypatch.setattr(landing, "carry", overtaken)
    report = land_posted()
    assert (report.landed, report.refused, report.overtaken) == (1, 0, 1)
    assert state_of("o1").state == "pending"
    assert [row.state for row in QuarantinedRow.objects.all()] == ["discarded"]
    monkeypatch.undo()


def test_the_correction_lands_next(shop: Shop) -> None:
    post_orders([order("o1")], source="till")
    land_posted()
    post_orders([order("o1", store_id="s9")], source="till")
    assert land_posted().landed == 1
    assert shop.column("orders", "store_id") == ["s9"]


def test_a_failed_landing_leaves_every_order_waiting(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise LakeError("the disk is full")

    post_orders([order("o1"), order("o2")], source="till")
    monkeypatch.setattr(landing, "carry", full)
    with pytest.raises(LakeError):
        land_posted()
    assert queries.posted_waiting()[0] == 2
    monkeypatch.undo()


def test_an_order_that_breaks_the_load_is_set_aside_and_the_others_land(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry = carrying.carry

    def strict(mapping: Any, source: Any, **options: Any) -> Any:
        if any(row["order_id"] == "o3" for _, row in source.reader._rows):
            raise ContractError("a row breaks its promise", where="table orders")
        return carry(mapping, source, **options)

    post_orders([order(f"o{n}") for n in range(1, 6)], source="till")
    monkeypatch.setattr(landing, "carry", strict)
    report = land_posted()
    assert (report.landed, report.refused) == (4, 1)
    assert shop.column("orders", "order_id") == ["o1", "o2", "o4", "o5"]
    assert [each.reason for each in state_of("o3").refusals] == ["broken_promise"]
    monkeypatch.undo()


def test_one_process_lands_at_a_time(shop: Shop) -> None:
    post_orders([order()], source="till")
    with landing._turn() as mine:
        assert mine
        assert land_posted() == LandingReport(busy=True)
    assert land_posted().landed == 1


def test_posted_orders_are_no_source_to_load(shop: Shop) -> None:
    with pytest.raises(SourceError, match="lands by itself"):
        services.load("posted/orders")
    assert "posted/orders" in [line.mapping for line in queries.sources()]


def test_quiet_landings_are_kept_for_a_while_and_those_that_refused_for_good(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landing, "forget_quiet_landings", lambda: forget_quiet_landings(keep=1))
    for name, good in (("o1", True), ("o2", False), ("o3", True), ("o4", True)):
        amount = Decimal("9.90") if good else Decimal(-1)
        post_orders([order(name, line(net_amount=amount))], source="till")
        land_posted()
    assert list(LoadRun.objects.order_by("pk").values_list("rows_quarantined", flat=True)) == [1, 0]
    assert [state_of(name).state for name in ("o1", "o2", "o3")] == ["landed", "refused", "landed"]


def test_an_order_forgotten_long_after_it_landed_lands_again_to_no_effect(shop: Shop) -> None:
    post_orders([order("o1"), order("o2")], source="till")
    land_posted()
    PostedOrder.objects.filter(order_id="o1").update(landed_at=timezone.now() - timedelta(days=90))
    assert forget_landed_orders() == 1
    before = shop.table("orders")
    assert post_orders([order("o1")], source="till")[0].state == "accepted"
    assert land_posted().landed == 1
    assert shop.table("orders") == before
