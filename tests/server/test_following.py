"""The worker follows the facts: an order lands, and features, tags and the profile are of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from regulars.apps.accounts.queries import failing_ticks, scoped
from regulars.apps.accounts.types import DataScope
from regulars.apps.ingest.services.inbox import post_orders
from regulars.apps.ingest.types import IdentifierPost, OrderLinePost, OrderPost
from regulars.apps.members.queries.served import served_profile
from regulars.apps.tags.queries import tag_named, value_on
from regulars.apps.tags.services import refresh_everything, save_category, save_tag
from regulars.apps.tags.types import MadeBy, TagDefinition, ValueType
from regulars.base.errors import RuleError
from regulars.lake import Lake
from regulars.science.producers import RfmProducer, last_runs
from regulars.server.measures import brand_producers
from regulars.server.steps import following, ticking
from regulars.server.steps.following import Follower
from regulars.server.steps.ticking import Step

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
DAY = date(2024, 5, 10)


class Shop:
    """A home with the worker's steps, taken by hand; its clock stands unless it is told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.start_worker()

    def start_worker(self) -> None:
        follower = Follower(clock=lambda: self.now)
        self.follow = Step("follow the facts", follower.is_behind, follower.follow)

    @property
    def lake(self) -> Lake:
        return Lake(settings.REGULARS_LAKE)

    def sell(self, *orders: tuple[str, str, date]) -> None:
        """Post orders, as (id, card, day), and land them as the worker's quick steps do."""
        line = OrderLinePost("1", "p1", Decimal(1), Decimal("9.90"))
        posts = [
            OrderPost(
                order_id,
                "s1",
                datetime(day.year, day.month, day.day, 4, tzinfo=UTC),
                "pos",
                (line,),
                identifiers=(IdentifierPost("card_no", card),),
            )
            for order_id, card, day in orders
        ]
        post_orders(posts, source="till")
        ticking.take(ticking.STEPS[0], worker="a")

    def tick(self) -> None:
        ticking.take(self.follow, worker="a")

    def refresh(self) -> None:
        refresh_everything(self.lake, DAY + timedelta(days=1), producers=brand_producers())

    def days_since(self) -> dict[str, float | None]:
        """Return the tag by the number of orders, which tells the members apart."""
        with self.lake.snapshot() as snapshot:
            counts = snapshot.table("orders").group_by("member_id").agg(n=lambda t: t.count())
            tags = snapshot.table("tags").select("member_id", "days_since_order")
            rows = tags.join(counts, "member_id").to_pyarrow().to_pylist()
        return {f"{row['n']} orders": row["days_since_order"] for row in rows}

    def modes(self) -> list[tuple[str, str]]:
        with self.lake.snapshot() as snapshot:
            runs = last_runs(snapshot)
        return [(one.producer, one.mode) for one in runs if one.producer in {"rfm", "tags"}]


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Two members, of one and two orders, with features and a tag as of the day after."""
    monkeypatch.setattr(following, "brand_producers", lambda: (RfmProducer(),))
    shop = Shop()
    ago = (("o0", "a", 4), ("o1", "b", 9), ("o2", "b", 0))
    shop.sell(*((order, card, DAY - timedelta(days=days)) for order, card, days in ago))
    save_category("work", name_zh="业务", name_en="Business")
    save_tag(None, shop.lake, defined("days_since_order", "feature.rfm.recency_days"))
    return shop


def defined(code: str, take: str) -> TagDefinition:
    said: dict[str, Any] = {"name_zh": "距上次", "name_en": "Days since", "definition_zh": "天数"}
    said |= {"category": "work", "source": "orders", "update_days": 1, "owner": "Ada"}
    number = ValueType.QUANTITATIVE
    return TagDefinition(code=code, made_by=MadeBy.RULE, value_type=number, take=take, **said)


def test_an_order_moves_the_tag_and_the_served_profile_and_leaves_yesterday(shop: Shop) -> None:
    shop.refresh()
    assert shop.days_since() == {"1 orders": 5, "2 orders": 1}
    tomorrow = DAY + timedelta(days=1)
    shop.sell(("o3", "a", tomorrow), ("o4", "a", tomorrow))
    shop.tick()
    assert shop.days_since() == {"3 orders": 1, "2 orders": 2}
    with shop.lake.snapshot() as snapshot:
        orders = snapshot.table("orders")
        (member,) = set(
            orders.filter(orders.order_id == "o4")["member_id"].to_pyarrow().to_pylist()
        )
        tag, whole = tag_named("days_since_order"), scoped(snapshot, DataScope("hq"))
        assert value_on(whole, member, tag, tomorrow) == "5.0"
        assert value_on(whole, member, tag, tomorrow + timedelta(days=1)) == "1.0"
    for step in ticking.LONG_STEPS[1:]:
        ticking.take(step, worker="a")
    served = served_profile(member)
    assert served is not None
    assert served.profile is not None
    assert served.profile.standing["tags"]["days_since_order"] == 1


def test_only_the_touched_are_decided_and_nothing_again(shop: Shop) -> None:
    shop.refresh()
    shop.sell(("o3", "a", DAY))
    shop.tick()
    assert shop.days_since() == {"2 orders": 1}
    assert shop.modes()[:2] == [("tags", "incremental"), ("rfm", "incremental")]
    sequence = shop.lake.snapshot().sequence
    shop.now += 3_600
    assert not shop.follow.waits()
    shop.start_worker()
    shop.tick()
    assert shop.lake.snapshot().sequence == sequence
    assert not shop.follow.waits()


def test_what_was_never_refreshed_waits_for_a_refresh(shop: Shop) -> None:
    shop.tick()
    with shop.lake.snapshot() as snapshot:
        assert not last_runs(snapshot)
        assert not snapshot.has("tags")
    assert not shop.follow.waits()


def test_a_till_of_tomorrow_ages_nobody(shop: Shop) -> None:
    shop.refresh()
    shop.sell(("o3", "a", timezone.now().date() + timedelta(days=400)))
    shop.tick()
    with shop.lake.snapshot() as snapshot:
        newest = snapshot.table("features/rfm")["as_of"].max().to_pyarrow().as_py()
    # It is tomorrow somewhere, and the day after is as of which its orders count.
    assert DAY < newest <= timezone.now().date() + timedelta(days=2)


def test_a_refresh_by_hand_has_the_way(shop: Shop) -> None:
    shop.refresh()
    shop.sell(("o3", "a", DAY))
    with shop.lake.refreshing():
        shop.tick()
        assert shop.modes()[0] == ("tags", "full"), "nothing was decided"
    assert not failing_ticks()
    shop.tick()
    assert shop.modes()[0] == ("tags", "incremental")


def test_a_failed_producer_is_told_and_tried_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shop.refresh()
    shop.sell(("o3", "a", DAY))

    def fail(*_: object) -> None:
        raise RuleError("the scale is off")

    with monkeypatch.context() as broken, caplog.at_level("CRITICAL", "regulars.server"):
        broken.setattr("regulars.science.producers.run.compute", fail)
        shop.tick()
    (tick,) = failing_ticks()
    assert tick.error == "features and tags: rfm: the scale is off"
    assert shop.follow.waits()
    monkeypatch.setattr("regulars.apps.accounts.services.ticks.timezone.now", later())
    shop.tick()
    assert not failing_ticks()
    assert shop.days_since() == {"2 orders": 1}


def later() -> Callable[[], datetime]:
    moment = timezone.now() + timedelta(minutes=5)
    return lambda: moment


def test_it_rests_as_long_as_it_worked(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object, **__: object) -> None:
        shop.now += 7

    monkeypatch.setattr(following, "keep_up", slow)
    shop.tick()
    shop.sell(("o4", "b", DAY))
    assert not shop.follow.waits()
    shop.now += 6.9
    assert not shop.follow.waits()
    shop.now += 0.2
    assert shop.follow.waits()
