"""A fit as it is kept: what was on the shelf each day, and what everybody would have taken.

With it a member's slope is a sum over the member's own lines, so one member can be asked without
reading the others'. The sums are of whole billionths, which add up to the same in any order.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.base.errors import RuleError
from regulars.science.facts import known
from regulars.science.learned.price_sensitivity.choices import alternatives, choices
from regulars.science.learned.price_sensitivity.model import DiscountResponse, scored
from regulars.science.learned.price_sensitivity.offers import paid_offers, shelf_offers

BILLION = 1_000_000_000
# The engine adds in any order: beyond these digits two fits of the same lines may differ.
_DIGITS = 6
SHELF, GOODS = "shelf", "goods"
MEASURED = (
    "member_id", "price_slope", "price_slope_se", "price_choices", "discount_taken",
    "discount_expected", "price_band", "price_reason",
)  # fmt: skip
_SUMMED = ("taken", "expected", "away", "information", "weighted")
# A key has no gaps: a shelf is of no one product, and goods are what they are on every day.
_NO_PRODUCT, _EVERY_DAY = "", date(1970, 1, 1)
COLUMNS = ("part", "product_id", "category", "brand", "business_date", *_SUMMED)


class Held(Protocol):
    """Tables that know whether they were ever written."""

    def has(self, name: str) -> bool:
        """Return whether the table has been written."""
        ...

    def table(self, name: str) -> ir.Table:
        """Return the table."""
        ...


@dataclass(frozen=True, slots=True)
class PriceFit:
    """One fit of `DiscountResponse`, kept.

    Attributes:
        shelves: ``COLUMNS``: of each product its category and brand (part goods), and of each
            brand's day on which something could be taken or left (part shelf), in billionths: the
            discount taken by who bought it, that everybody would have had, their difference, the
            information, and information times the category's slope.
        spread: See `DiscountResponse`.
    """

    as_of: date
    shelves: pa.Table
    overall: float
    spread: float
    lines: int
    members: int

    @property
    def version(self) -> str:
        """A name for these shelves and this spread."""
        said = hashlib.blake2b(f"{self.spread!r}".encode(), digest_size=4)
        for column in self.shelves.columns:
            said.update("\n".join(map(str, column.to_pylist())).encode())
        return f"{self.as_of:%Y%m%d}-{said.hexdigest()}"


@dataclass(frozen=True, slots=True)
class Seen:
    """What was bought where there was a choice, and what else was on offer those days."""

    chosen: ir.Table
    offered: ir.Table
    products: ir.Table

    def before(self, day: date) -> Seen:
        """Return what was seen before the day."""
        limit = ibis.literal(day)
        return Seen(
            self.chosen.filter(self.chosen["business_date"] < limit),
            self.offered.filter(self.offered["business_date"] < limit),
            self.products,
        )


def seen_until(tables: Held, *, as_of: date) -> Seen:
    """Return the choices before ``as_of``, by the plan of prices where there is one.

    Raises:
        RuleError: Nothing was bought.
    """
    lines, products = tables.table("order_lines"), tables.table("products")
    offers = offers_of(tables, as_of=as_of).cache()
    chosen = choices(lines, products, offers, as_of=as_of).cache()
    return Seen(chosen, alternatives(chosen, offers).cache(), products)


def price_fit(seen: Seen, *, as_of: date) -> PriceFit:
    """Fit on what was seen before ``as_of``.

    Raises:
        RuleError: No brand was ever cheaper than another of its category.
    """
    model = DiscountResponse.fit(seen.chosen, seen.offered)
    return PriceFit(
        as_of=as_of,
        shelves=_kept(model, seen.offered, seen.products),
        overall=round(model.overall, _DIGITS),
        spread=round(model.spread, _DIGITS),
        lines=model.lines,
        members=int(seen.chosen["member_id"].nunique().to_pyarrow().as_py()),
    )


def offers_of(tables: Held, *, as_of: date) -> ir.Table:
    """Return what brands were reduced by: as planned, or where no plan is known, as was paid."""
    lines, products = tables.table("order_lines"), tables.table("products")
    first = known(lines, as_of)["business_date"].min().to_pyarrow().as_py()
    if first is None:
        raise RuleError("nothing was bought before the date", where="order_lines")
    if tables.has("prices") and tables.table("prices").count().to_pyarrow().as_py():
        return shelf_offers(tables.table("prices"), products, first=first, as_of=as_of)
    return paid_offers(lines, products, as_of=as_of)


def responses(order_lines: ir.Table, shelves: ir.Table, *, spread: float, as_of: date) -> ir.Table:
    """Return ``MEASURED`` of every member who could take or leave an offer.

    ``shelves`` are `PriceFit.shelves`; columns are those of `DiscountResponse.scores`.
    """
    goods = shelves.filter(shelves["part"] == GOODS).select("product_id", "category", "brand")
    days = shelves.filter(shelves["part"] == SHELF)
    days = days.select("category", "brand", "business_date", *_SUMMED)
    lines = known(order_lines, as_of).select("member_id", "product_id", "business_date")
    lines = lines.filter(lines["member_id"].notnull())
    found = lines.inner_join(goods, "product_id").inner_join(
        days, ("category", "brand", "business_date")
    )
    sums = found.group_by("member_id").agg(
        choices=found.count(),
        **{name: found[name].sum().cast("int64") for name in _SUMMED},
    )
    count = sums["choices"].cast("float64") * BILLION
    return scored(
        sums.select(
            "member_id",
            "choices",
            score=sums["away"] / BILLION,
            information=sums["information"] / BILLION,
            category_slope=sums["weighted"] / sums["information"],
            mean_taken=sums["taken"] / count,
            mean_expected=sums["expected"] / count,
        ),
        spread=spread,
    ).select(*MEASURED)


def _kept(model: DiscountResponse, found: ir.Table, products: ir.Table) -> pa.Table:
    slopes = ibis.memtable(
        pa.table({"category": list(model.slopes), "slope": list(model.slopes.values())})
    )
    expected = ibis.memtable(model.expectations)
    days = found.inner_join(expected, ("category", "business_date")).inner_join(slopes, "category")
    days = days.filter(days["information"] > 0)

    def whole(value: ir.Value) -> ir.Value:
        return (value * BILLION).round().cast("int64")

    shelf = days.select(
        part=ibis.literal(SHELF),
        product_id=ibis.literal(_NO_PRODUCT),
        category=days["category"],
        brand=days["brand"],
        business_date=days["business_date"],
        taken=whole(days["discount"]),
        expected=whole(days["discount_expected"]),
        away=whole(days["discount"] - days["discount_expected"]),
        information=whole(days["information"]),
        weighted=whole(days["information"] * days["slope"]),
    )
    shelf = shelf.filter(shelf["information"] > 0)
    goods = products.semi_join(slopes, "category").filter(lambda t: t["brand"].notnull())
    goods = goods.select(
        part=ibis.literal(GOODS),
        product_id=goods["product_id"],
        category=goods["category"],
        brand=goods["brand"],
        business_date=ibis.literal(_EVERY_DAY),
        **{name: ibis.null().cast("int64") for name in _SUMMED},
    )
    kept = shelf.union(goods, distinct=False).order_by(*COLUMNS[:5])
    return kept.to_pyarrow().combine_chunks()
