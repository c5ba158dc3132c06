"""What is posted is kept once, whole, sealed; what says nothing new changes nothing."""

from __future__ import annotations

from datetime import timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from regulars.apps.accounts.services import vault
from regulars.apps.accounts.types import Sealed
from regulars.apps.ingest import queries
from regulars.apps.ingest.models import PostedOrder
from regulars.apps.ingest.services.inbox import post_orders
from regulars.apps.ingest.tests.inbox.till import AT, line, order
from regulars.apps.ingest.types import IdentifierPost, OrderPost
from regulars.base.errors import RuleError

pytestmark = pytest.mark.django_db


def states(*orders: OrderPost, source: str = "till") -> list[str]:
    return [receipt.state for receipt in post_orders(orders, source=source)]


def test_a_batch_is_kept_and_answered_in_its_order() -> None:
    receipts = post_orders([order("b"), order("a"), order("b")], source="till")
    assert [(r.order_id, r.state) for r in receipts] == [
        ("b", "accepted"), ("a", "accepted"), ("b", "duplicate"),
    ]  # fmt: skip
    held = queries.posted_order("b", "till")
    assert held is not None
    assert (held.state, held.version, held.landed_at) == ("pending", 1, None)
    assert held.received_at == receipts[0].received_at
    assert queries.posted_waiting() == (2, receipts[0].received_at)
    assert queries.posted_order("c", "till") is None
    assert queries.posted_order("a", "shop") is None


def test_the_same_order_again_is_a_duplicate_however_it_is_spelled() -> None:
    two = (line("1"), line("2"))
    assert states(order("o1", *two)) == ["accepted"]
    (first,) = post_orders([order("o1", *two)], source="till")
    again = order(
        "o1",
        line("2", net_amount=Decimal("19.8")),
        line("1", list_amount=Decimal("20.00")),
        ordered_at=AT.astimezone(timezone(timedelta(hours=8))),
    )
    (second,) = post_orders([again], source="till")
    assert (first.state, second.state) == ("duplicate", "duplicate")
    assert second.received_at == PostedOrder.objects.get().received_at
    assert PostedOrder.objects.get().version == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"store_id": "s2"},
        {"ordered_at": AT + timedelta(microseconds=1)},
        {"channel": "web"},
        {"staff_id": "g1"},
        {"identifiers": ()},
        {"identifiers": (IdentifierPost("phone", "13800138000", verified=False),)},
        {"lines": (line(), line("2"))},
        {"lines": (line(quantity=Decimal(3)),)},
    ],
)
def test_another_content_under_the_id_is_a_correction(facts: dict[str, Any]) -> None:
    assert states(order()) == ["accepted"]
    assert states(order(**facts)) == ["replaced"]
    assert states(order(**facts)) == ["duplicate"]
    assert states(order()) == ["replaced"]
    assert PostedOrder.objects.get().version == 3


def test_what_is_kept_is_sealed() -> None:
    phone = "13912345678"
    states(order(identifiers=(IdentifierPost("phone", phone),)))
    held = PostedOrder.objects.get()
    assert phone.encode() not in bytes(held.payload)
    assert phone in vault.unseal(Sealed(held.payload_key_id, bytes(held.payload)), "posted order")
    assert held.digest == vault.keyed_hash(
        vault.unseal(Sealed(held.payload_key_id, bytes(held.payload)), "posted order"),
        "posted order",
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"order_id": " "}, "1 to 128 letters"),
        ({"order_id": "o" * 129}, "1 to 128 letters"),
        ({"lines": ()}, "1 to 1,000 lines"),
        ({"lines": tuple(line(str(n)) for n in range(1_001))}, "1 to 1,000 lines"),
        ({"lines": (line("1"), line("1"))}, "two lines are called '1'"),
        ({"ordered_at": AT.replace(tzinfo=None)}, "no zone"),
        ({"currency": "USD"}, "the brand's currency is CNY"),
        ({"identifiers": (IdentifierPost("passport", "1"),)}, "no kind of identifier 'passport'"),
        ({"identifiers": (IdentifierPost("phone", "1"),) * 2}, "more than one phone"),
    ],
)
def test_one_order_that_cannot_be_kept_keeps_none_of_its_batch(
    wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(RuleError, match=said):
        post_orders([order("good"), order(**{"order_id": "bad", **wrong})], source="till")
    assert not PostedOrder.objects.exists()


def test_a_batch_cannot_say_two_things_of_one_order() -> None:
    with pytest.raises(RuleError, match="this order twice, with different contents"):
        post_orders([order("o1"), order("o1", store_id="s2")], source="till")
    with pytest.raises(RuleError, match="more than 1,000 orders"):
        post_orders([order(f"o{n}") for n in range(1_001)], source="till")
    with pytest.raises(RuleError, match="a source's name"):
        post_orders([order()], source="")
    assert not PostedOrder.objects.exists()
    assert post_orders([], source="till") == ()


def test_an_order_id_belongs_to_the_source_that_brought_it() -> None:
    states(order("o1"))
    with pytest.raises(RuleError, match="another source has posted"):
        states(order("o2"), order("o1"), source="shop")
    assert list(PostedOrder.objects.values_list("source", "order_id")) == [("till", "o1")]
