"""After a commit the figures are added up before a reader asks; meanwhile the last ones stand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from decimal import Decimal

import ibis.expr.types as ir
import pytest
from django.conf import settings

from regulars.apps.accounts.types import Actor, DataScope, Role
from regulars.console.background import warming
from regulars.console.contexts.overview import overview
from regulars.console.desk import Desk, desk_at
from regulars.console.figures import periods
from regulars.console.figures.digests import digest, digests_folder, keep_up
from regulars.console.figures.member_filters import MemberFilter
from regulars.console.figures.people import member_page
from regulars.console.tests.chain import Chain
from regulars.lake import Lake

SHOP = DataScope("store", ("s1",))


@pytest.fixture
def kept_up() -> Iterator[None]:
    """Behave as a web process whose warming thread is alive, and never gets its turn."""
    keep_up(running=True)
    yield
    keep_up(running=False)


def desk(scope: DataScope) -> Desk:
    actor = Actor(user_id=1, username="m", name="M", role=Role.SHOP_MANAGER, scope=scope)
    return desk_at(Lake(settings.REGULARS_LAKE).snapshot(), actor, wanted="")


def one_order_more() -> None:
    """Repeat one May order of c1 with a new id, as a till that delivers late would."""
    lake = Lake(settings.REGULARS_LAKE)
    with lake.snapshot() as snapshot:
        orders = snapshot.table("orders")
        mine = orders.filter(orders["business_month"] == "2024-05").order_by("order_id").limit(1)
        row = mine.to_pyarrow()
    row = row.set_column(0, "order_id", [["late"]])
    with lake.transaction(note="late") as transaction:
        transaction.append("orders", row)


def sales_of_may(reader: Desk) -> Decimal:
    return periods.months(reader)[-1].sales


def test_a_warmed_overview_of_headquarters_asks_the_lake_nothing(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise AssertionError("the lake was asked")

    shutil.rmtree(digests_folder())
    with Lake(settings.REGULARS_LAKE).snapshot() as snapshot:
        assert warming.warm(snapshot)
        assert not warming.warm(snapshot)
        monkeypatch.setattr(ir.Table, "to_pyarrow", refuse)
        assert overview(desk(DataScope("hq"))).tiles


def test_a_scope_is_a_part_of_what_was_added_up_for_all(chain: Chain) -> None:
    periods.months(desk(DataScope("hq")))
    files = sorted(digests_folder().rglob("*"))
    assert 0 < sales_of_may(desk(SHOP)) < sales_of_may(desk(DataScope("hq")))
    assert sorted(digests_folder().rglob("*")) == files


def test_without_a_thread_a_reader_gets_the_newest_figures(chain: Chain) -> None:
    before = sales_of_may(desk(SHOP))
    one_order_more()
    assert sales_of_may(desk(SHOP)) > before


def test_while_a_thread_keeps_up_the_last_figures_stand(chain: Chain, kept_up: None) -> None:
    before = sales_of_may(desk(SHOP))
    one_order_more()
    assert sales_of_may(desk(SHOP)) == before
    assert not digest(desk(SHOP)).current
    with Lake(settings.REGULARS_LAKE).snapshot() as snapshot:
        warming.warm(snapshot)
    assert digest(desk(SHOP)).current
    assert sales_of_may(desk(SHOP)) > before


def test_who_left_the_scope_is_not_listed_from_older_figures(chain: Chain, kept_up: None) -> None:
    before = member_page(desk(SHOP), MemberFilter(), number=1)
    gone = before.rows[0].member_id
    lake = Lake(settings.REGULARS_LAKE)
    with lake.snapshot() as snapshot:
        members = snapshot.table("members")
        row = members.filter(members["member_id"] == gone).to_pyarrow()
    place = row.column_names.index("home_store_id")
    with lake.transaction(note="moved") as transaction:
        transaction.upsert("members", row.set_column(place, "home_store_id", [["s2"]]))
    after = member_page(desk(SHOP), MemberFilter(), number=1)
    assert not digest(desk(SHOP)).current
    assert [row.member_id for row in after.rows] == [row.member_id for row in before.rows[1:]]
    assert after.total == before.total - 1
