"""One member: standing, orders, key numbers, preferences and what else happened.

A member's facts are few, the tables are long: each table is scanned once for the member's rows,
and what the page shows is derived from those.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings

from regulars.apps.catalog.queries import products
from regulars.base.business_time import zone
from regulars.console.desk import remembered
from regulars.console.figures.local_time import store_zones
from regulars.science.facts import known
from regulars.science.profile.card import may_be_told, told_groups

if TYPE_CHECKING:
    from collections.abc import Iterable

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
class Order:
    """One order of the member; the time is UTC."""

    order_id: str
    store_id: str
    channel: str
    ordered_at: datetime
    business_date: date
    net_amount: Decimal
    item_count: int
    line_count: int


@dataclass(frozen=True, slots=True)
class Lifetime:
    """Everything the member bought before the business date; ``days`` are days with an order."""

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
    """One category or store: the member's orders and spend there, and its share of the whole."""

    code: str
    orders: int
    sales: Decimal
    share: float


@dataclass(frozen=True, slots=True)
class Preferences:
    """Where the member buys most, and how many orders fall into each of 24 hours."""

    stores: tuple[Preference, ...]
    hours: tuple[int, ...]


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
    campaign: str = ""
    amount: Decimal | None = None
    number: int = 0
    channel: str = ""


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
    return remembered(desk.key, f"standing {member_id}", lambda: _read_standing(desk, member_id))


def orders(desk: Desk, member_id: str) -> tuple[Order, ...]:
    """Return the member's orders before the business date, newest first."""

    def ask() -> tuple[Order, ...]:
        mine = _mine(desk, "orders", member_id).select(*Order.__dataclass_fields__)
        found = [Order(**row) for row in mine.to_pyarrow().to_pylist()]
        return tuple(sorted(found, key=lambda one: (one.ordered_at, one.order_id), reverse=True))

    return remembered(desk.key, f"orders {member_id}", ask)


def lifetime(desk: Desk, member_id: str) -> Lifetime:
    """Return the sums over all of the member's orders."""
    mine = orders(desk, member_id)
    days = {one.business_date for one in mine}
    return Lifetime(
        orders=len(mine),
        sales=sum((one.net_amount for one in mine), Decimal(0)),
        items=sum(one.item_count for one in mine),
        first_on=min(days, default=None),
        last_on=max(days, default=None),
        days=len(days),
    )


def preferences(desk: Desk, member_id: str) -> Preferences:
    """Return the member's favourite stores by orders, and hours."""

    def ask() -> Preferences:
        mine = orders(desk, member_id)
        zones = store_zones(desk)
        hours = [0] * 24
        for one in mine:
            local = one.ordered_at.astimezone(zone(zones.get(one.store_id, desk.zone)))
            hours[local.hour] += 1
        bought = [(one.store_id, one.order_id, one.net_amount) for one in mine]
        return Preferences(
            stores=_preferences(bought, by="orders"),
            hours=tuple(hours),
        )

    return remembered(desk.key, f"preferences {member_id}", ask)


def favourite_categories(desk: Desk, member_id: str) -> tuple[Preference, ...]:
    """Return the categories the member spends most in; asks the long table of order lines."""
    return remembered(
        desk.key,
        f"categories {member_id}",
        lambda: _preferences(_categories(desk, member_id), by="sales"),
    )


def attributes(desk: Desk, member_id: str) -> tuple[Attribute, ...]:
    """Return the declared attributes by name."""

    def ask() -> tuple[Attribute, ...]:
        table = desk.lake.of_member("member_attributes", member_id)
        mine = (
            table.order_by("name")
            .select("name", "value", "source", "updated_at")
            .limit(ATTRIBUTES_MAX)
        )
        return tuple(Attribute(**row) for row in mine.to_pyarrow().to_pylist())

    return remembered(desk.key, f"attributes {member_id}", ask)


def told_attributes(declared: tuple[Attribute, ...]) -> tuple[Attribute, ...]:
    """Return those of a member's attributes that may be told of them."""
    said = {one.name: one.value for one in declared}
    groups = told_groups(said, switched_on=settings.REGULARS_TOLD_GROUPS)
    return tuple(one for one in declared if may_be_told(one.name, groups))


def timeline(
    desk: Desk, member_id: str, *, kinds: tuple[Kind, ...], page: int
) -> tuple[tuple[Happening, ...], bool]:
    """Return page ``page`` (from 1) of what happened, newest first, and whether there is more."""
    found = [one for kind in kinds for one in _HAPPENINGS[kind](desk, member_id)]
    found.sort(key=lambda one: (one.at, one.kind, one.id), reverse=True)
    first = (page - 1) * TIMELINE_PAGE
    return tuple(found[first : first + TIMELINE_PAGE]), len(found) > first + TIMELINE_PAGE


def order_lines(desk: Desk, member_id: str, order_id: str) -> tuple[Line, ...]:
    """Return the lines of one of the member's orders, the dearest first; empty if not theirs."""
    order = next((one for one in orders(desk, member_id) if one.order_id == order_id), None)
    if order is None:
        return ()
    lines = _mine(desk, "order_lines", member_id)
    month = f"{order.business_date:%Y-%m}"  # names the files to read: lines are kept by month
    lines = lines.filter(lines["business_month"] == month, lines["order_id"] == order_id)
    names = ("quantity", "list_amount", "discount_amount", "coupon_amount", "net_amount", "flags")
    rows = lines.select("product_id", *names).to_pyarrow().to_pylist()
    known_products = products(desk.lake, {row["product_id"] for row in rows})
    found = []
    for row in rows:
        product = known_products.get(row["product_id"])
        name, category = (product.name, product.category) if product else ("", "")
        found.append(Line(product=name, category=category, **row))
    return tuple(sorted(found, key=lambda line: (-line.net_amount, line.product_id)))


def _read_standing(desk: Desk, member_id: str) -> Standing:
    # Three look-ups: to compile one query that joins them costs more than all three together.
    member = _one(desk.lake.of_member("members", member_id))
    rfm = _one(_features(desk, "rfm", member_id))
    stage = _one(_features(desk, "lifecycle", member_id))
    return Standing(
        home_store_id=member["home_store_id"] or "",
        guide_id=member["guide_id"] or "",
        joined_on=member["joined_on"],
        joined_channel=member["joined_channel"] or "",
        gender=member["gender"] or "",
        birth_date=member["birth_date"],
        recency_days=rfm.get("recency_days"),
        frequency=rfm.get("frequency"),
        monetary=rfm.get("monetary"),
        rfm_group=rfm.get("rfm_group") or "",
        scores=(rfm.get("r_score"), rfm.get("f_score"), rfm.get("m_score")),
        lifecycle_stage=stage.get("lifecycle_stage") or "",
        entered_on=stage.get("entered_on"),
    )


def _one(rows: ir.Table) -> dict[str, Any]:
    found: list[dict[str, Any]] = rows.to_pyarrow().to_pylist()
    return found[0] if found else {}


def _features(desk: Desk, name: str, member_id: str) -> ir.Table:
    rows = desk.lake.of_member(f"features/{name}", member_id)
    return rows.filter(rows["as_of"] == desk.as_of)


def _mine(desk: Desk, name: str, member_id: str) -> ir.Table:
    return known(desk.lake.of_member(name, member_id), desk.as_of)


def _categories(desk: Desk, member_id: str) -> list[tuple[str, str, Decimal]]:
    """Return (category, order, amount): what the member spent per category in each order."""
    lines = _mine(desk, "order_lines", member_id)
    named = lines.left_join(
        desk.lake.table("products").select("product_id", "category"), "product_id"
    )
    spent = named.group_by(category=named["category"].fill_null(""), order_id=named["order_id"])
    rows = spent.agg(amount=named["net_amount"].sum()).to_pyarrow().to_pylist()
    return [(row["category"], row["order_id"], row["amount"]) for row in rows]


def _preferences(
    bought: Iterable[tuple[str, str, Decimal]], *, by: Literal["sales", "orders"]
) -> tuple[Preference, ...]:
    in_orders: dict[str, set[str]] = defaultdict(set)
    sales: dict[str, Decimal] = defaultdict(Decimal)
    for code, order_id, amount in bought:
        in_orders[code].add(order_id)
        sales[code] += amount
    weight = {
        code: sales[code] if by == "sales" else Decimal(len(in_orders[code])) for code in sales
    }
    whole = sum(weight.values(), Decimal(0))
    best = sorted(weight, key=lambda code: (-weight[code], code))[:PREFERENCES_MAX]
    return tuple(
        Preference(
            code=code,
            orders=len(in_orders[code]),
            sales=sales[code],
            share=float(weight[code] / whole) if whole else 0.0,
        )
        for code in best
    )


def _order_happenings(desk: Desk, member_id: str) -> tuple[Happening, ...]:
    return tuple(
        Happening(
            kind="order",
            id=one.order_id,
            at=one.ordered_at,
            what=one.store_id,
            amount=one.net_amount,
            number=one.line_count,
            channel=one.channel,
        )
        for one in orders(desk, member_id)
    )


def _redemption_happenings(desk: Desk, member_id: str) -> tuple[Happening, ...]:
    return tuple(
        Happening(
            kind="redemption",
            id=row["redemption_id"],
            at=row["redeemed_at"],
            what=row["coupon_id"],
            campaign=_campaigns(desk).get(row["campaign_id"] or "", ""),
            amount=row["amount"],
        )
        for row in _rows(desk, "redemptions", member_id)
    )


def _send_happenings(desk: Desk, member_id: str) -> tuple[Happening, ...]:
    return tuple(
        Happening(
            kind="send",
            id=row["send_id"],
            at=row["sent_at"],
            what=row["campaign_id"],
            campaign=_campaigns(desk).get(row["campaign_id"], ""),
            channel=row["channel"],
        )
        for row in _rows(desk, "sends", member_id)
    )


def _rows(desk: Desk, name: str, member_id: str) -> list[dict[str, Any]]:
    def ask() -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = _mine(desk, name, member_id).to_pyarrow().to_pylist()
        return rows

    return remembered(desk.key, f"{name} {member_id}", ask)


def _campaigns(desk: Desk) -> dict[str, str]:
    def ask() -> dict[str, str]:
        rows = desk.lake.table("campaigns").select("campaign_id", "name").to_pyarrow().to_pylist()
        return {row["campaign_id"]: row["name"] for row in rows}

    return remembered(desk.key, "campaigns", ask)


_HAPPENINGS = {
    "order": _order_happenings,
    "redemption": _redemption_happenings,
    "send": _send_happenings,
}
