"""One member: key numbers, standing, preferences, orders and what else happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import ibis

from regulars.apps.accounts.queries import visible_member
from regulars.console.answers import remembered
from regulars.console.figures.standing import features
from regulars.console.figures.trade import local_orders
from regulars.science.facts import known

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from regulars.console.desk import Desk

PREFERENCES_MAX = 6
ATTRIBUTES_MAX = 100
TIMELINE_PAGE = 15
Kind = Literal["order", "redemption", "send"]
KINDS: tuple[Kind, ...] = ("order", "redemption", "send")


@dataclass(frozen=True, slots=True)
class Standing:
    """The member's features as of the business date; None where they were not computed."""

    home_store_id: str
    guide_id: str
    joined_on: date | None
    joined_channel: str
    gender: str
    birth_date: date | None
    recency_days: int | None
    frequency: int | None
    monetary: Decimal | None
    rfm_group: str
    scores: tuple[int | None, int | None, int | None]
    lifecycle_stage: str
    entered_on: date | None


@dataclass(frozen=True, slots=True)
class Lifetime:
    """Everything the member bought before the business date."""

    orders: int
    sales: Decimal
    items: int
    first_on: date | None
    last_on: date | None
    days: int

    @property
    def average_order_value(self) -> Decimal | None:
        """Sales per order."""
        return self.sales / self.orders if self.orders else None

    @property
    def days_between(self) -> float | None:
        """Mean days between two days with an order; None with fewer than two."""
        if self.days < 2 or self.first_on is None or self.last_on is None:
            return None
        return (self.last_on - self.first_on).days / (self.days - 1)


@dataclass(frozen=True, slots=True)
class Preference:
    """One category, store or hour: the member's share of orders or spend in it."""

    code: str
    orders: int
    sales: Decimal
    share: float


@dataclass(frozen=True, slots=True)
class Preferences:
    """Where, what and when the member buys."""

    categories: tuple[Preference, ...]
    stores: tuple[Preference, ...]
    hours: tuple[Preference, ...]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One declared attribute, who says so and since when."""

    name: str
    value: str
    source: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline. ``what`` is a store, coupon or campaign id by kind."""

    kind: Kind
    id: str
    at: datetime
    what: str
    campaign: str
    amount: Decimal | None
    number: int | None
    channel: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order."""

    product_id: str
    product: str
    category: str
    quantity: Decimal
    list_amount: Decimal
    discount_amount: Decimal
    coupon_amount: Decimal
    net_amount: Decimal
    flags: str


def standing(desk: Desk, member_id: str) -> Standing:
    """Return where the member stands; raise ``NotVisibleError`` outside the reader's scope."""
    members = desk.lake.table("members")
    me = members.filter(members["member_id"] == member_id)
    rfm = features(desk, "rfm").drop("as_of", "last_order_date")
    stages = features(desk, "lifecycle").select("member_id", "lifecycle_stage", "entered_on")
    joined = me.left_join(rfm, "member_id").drop("member_id_right")
    joined = joined.left_join(stages, "member_id").drop("member_id_right")
    rows = joined.to_pyarrow().to_pylist()
    if not rows:
        visible_member(desk.lake, member_id)
    row = rows[0]
    return Standing(
        home_store_id=row["home_store_id"] or "",
        guide_id=row["guide_id"] or "",
        joined_on=row["joined_on"],
        joined_channel=row["joined_channel"] or "",
        gender=row["gender"] or "",
        birth_date=row["birth_date"],
        recency_days=row["recency_days"],
        frequency=row["frequency"],
        monetary=row["monetary"],
        rfm_group=row["rfm_group"] or "",
        scores=(row["r_score"], row["f_score"], row["m_score"]),
        lifecycle_stage=row["lifecycle_stage"] or "",
        entered_on=row["entered_on"],
    )


def lifetime(desk: Desk, member_id: str) -> Lifetime:
    """Return the sums over all of the member's orders before the business date."""

    def ask() -> Lifetime:
        mine = _mine(desk, "orders", member_id)
        row = (
            mine.agg(
                orders=mine.count(),
                sales=mine["net_amount"].sum(),
                items=mine["item_count"].sum(),
                first_on=mine["business_date"].min(),
                last_on=mine["business_date"].max(),
                days=mine["business_date"].nunique(),
            )
            .to_pyarrow()
            .to_pylist()[0]
        )
        row["sales"] = row["sales"] or Decimal(0)
        row["items"] = int(row["items"] or 0)
        return Lifetime(**row)

    return remembered(desk.key, f"lifetime {member_id}", ask)


def preferences(desk: Desk, member_id: str) -> Preferences:
    """Return the member's favourite categories and stores, and all 24 hours."""

    def ask() -> Preferences:
        orders = _mine(desk, "orders", member_id)
        lines = _mine(desk, "order_lines", member_id)
        products = desk.lake.table("products").select("product_id", "category")
        bought = lines.select("product_id", "order_id", "net_amount")
        named = bought.left_join(products, "product_id")
        categories = named.group_by(code=named["category"]).agg(
            orders=named["order_id"].nunique(), sales=named["net_amount"].sum()
        )
        stores = orders.group_by(code=orders["store_id"]).agg(
            orders=orders.count(), sales=orders["net_amount"].sum()
        )
        timed = local_orders(desk, orders)
        hours = timed.group_by(code=timed["hour"].cast("string")).agg(
            orders=timed.count(), sales=ibis.literal(0)
        )
        return Preferences(
            categories=_preferences(categories, by="sales"),
            stores=_preferences(stores, by="orders"),
            hours=_preferences(hours, by="orders", most=24),
        )

    return remembered(desk.key, f"preferences {member_id}", ask)


def attributes(desk: Desk, member_id: str) -> tuple[Attribute, ...]:
    """Return the declared attributes by name."""
    table = desk.lake.table("member_attributes")
    mine = table.filter(table["member_id"] == member_id).order_by("name").limit(ATTRIBUTES_MAX)
    rows = mine.select("name", "value", "source", "updated_at").to_pyarrow().to_pylist()
    return tuple(Attribute(**row) for row in rows)


def timeline(
    desk: Desk, member_id: str, *, kinds: tuple[Kind, ...], page: int
) -> tuple[tuple[Happening, ...], bool]:
    """Return page ``page`` (from 1) of what happened, newest first, and whether there is more."""
    parts = [_HAPPENINGS[kind](desk, member_id) for kind in kinds]
    table = ibis.union(*parts) if len(parts) > 1 else parts[0]
    table = table.order_by(ibis.desc("at"), "kind", "id")
    rows = table.limit(TIMELINE_PAGE + 1, offset=(page - 1) * TIMELINE_PAGE).to_pyarrow()
    found = tuple(Happening(**row) for row in rows.to_pylist())
    return found[:TIMELINE_PAGE], len(found) > TIMELINE_PAGE


def order_lines(desk: Desk, member_id: str, order_id: str) -> tuple[Line, ...]:
    """Return the lines of one of the member's orders, the dearest first; empty if it is not his."""
    lines = _mine(desk, "order_lines", member_id)
    lines = lines.filter(lines["order_id"] == order_id)
    products = desk.lake.table("products").select("product_id", "name", "category")
    named = lines.left_join(products, "product_id")
    rows = named.select(
        "product_id",
        product=named["name"].fill_null(""),
        category=named["category"].fill_null(""),
        quantity=named["quantity"],
        list_amount=named["list_amount"],
        discount_amount=named["discount_amount"],
        coupon_amount=named["coupon_amount"],
        net_amount=named["net_amount"],
        flags=named["flags"],
    ).order_by(ibis.desc("net_amount"), "product_id")
    return tuple(Line(**row) for row in rows.to_pyarrow().to_pylist())


def _mine(desk: Desk, name: str, member_id: str) -> ir.Table:
    facts = known(desk.lake.table(name), desk.as_of)
    return facts.filter(facts["member_id"] == member_id)


def _preferences(
    table: ir.Table, *, by: str, most: int = PREFERENCES_MAX
) -> tuple[Preference, ...]:
    whole = table.mutate(share=(table[by] / table[by].sum().over()).cast("float64"))
    rows = whole.order_by(ibis.desc(by), "code").limit(most).to_pyarrow().to_pylist()
    return tuple(
        Preference(
            code=row["code"] or "",
            orders=row["orders"],
            sales=Decimal(row["sales"] or 0),
            share=row["share"] or 0.0,
        )
        for row in rows
    )


def _orders(desk: Desk, member_id: str) -> ir.Table:
    mine = _mine(desk, "orders", member_id)
    return mine.select(
        kind=ibis.literal("order"),
        id=mine["order_id"],
        at=mine["ordered_at"],
        what=mine["store_id"],
        campaign=ibis.literal(""),
        amount=mine["net_amount"],
        number=mine["line_count"],
        channel=mine["channel"],
    )


def _redemptions(desk: Desk, member_id: str) -> ir.Table:
    mine = _mine(desk, "redemptions", member_id)
    campaigns = desk.lake.table("campaigns").select("campaign_id", "name")
    named = mine.left_join(campaigns, "campaign_id")
    return named.select(
        kind=ibis.literal("redemption"),
        id=named["redemption_id"],
        at=named["redeemed_at"],
        what=named["coupon_id"],
        campaign=named["name"].fill_null(""),
        amount=named["amount"],
        number=ibis.null("int64"),
        channel=ibis.literal(""),
    )


def _sends(desk: Desk, member_id: str) -> ir.Table:
    mine = _mine(desk, "sends", member_id)
    campaigns = desk.lake.table("campaigns").select("campaign_id", "name")
    named = mine.left_join(campaigns, "campaign_id")
    return named.select(
        kind=ibis.literal("send"),
        id=named["send_id"],
        at=named["sent_at"],
        what=named["campaign_id"],
        campaign=named["name"].fill_null(""),
        amount=ibis.null("decimal(18, 2)"),
        number=ibis.null("int64"),
        channel=named["channel"],
    )


_HAPPENINGS = {"order": _orders, "redemption": _redemptions, "send": _sends}
