"""The feature table of the members' purchase cycles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import ibis.expr.types as ir

from regulars.lake import Lake
from regulars.science.producers.producer import Bounds, Tables, fingerprint
from regulars.science.profile.habits import cycle, measure


@dataclass(frozen=True, slots=True)
class Clocks:
    """Shops, each with its zone, by which the hours of their orders are told."""

    shops: tuple[str, ...] = ()

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones of the shops."""
        return tuple(sorted({shop.rpartition(" ")[2] for shop in self.shops}))


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleProducer:
    """Every member who has ordered, with rhythm and next date, in ``features/cycle``.

    ``clocks`` are those of the shops; ``prepared`` finds them.
    """

    clocks: Clocks = Clocks()
    note: None = None
    name: str = "cycle"
    needs: tuple[str, ...] = ()
    facts: tuple[str, ...] = ("orders",)
    fact_columns: tuple[str, ...] = ("member_id", "business_date", "store_id", "ordered_at")
    dimensions: tuple[str, ...] = ("stores",)
    arrivals: tuple[tuple[str, str], ...] = ()
    compares: bool = False
    window_days: None = None
    measured_columns: tuple[str, ...] = (
        "member_id",
        "first_order_date",
        "last_order_date",
        "order_days",
        "interval_median_days",
        "active_weekday",
        "active_hours",
    )

    @property
    def fingerprint(self) -> str:
        """Of the shops and their zones: the hours of held orders follow from them."""
        return fingerprint(self.name, self.clocks, version=1)

    def prepared(self, lake: Lake, as_of: date, *, refit: bool) -> CycleProducer:  # noqa: ARG002 nothing is fitted
        """Return the producer that knows the shops' zones."""
        return replace(self, clocks=clocks_of(lake))

    def recalled(self, lake: Lake, as_of: date) -> CycleProducer:
        """Return the producer: nothing is fitted."""
        return self.prepared(lake, as_of, refit=False)

    def measure(self, tables: Tables, as_of: date) -> ir.Table:
        """Return the rhythm of every member who has ordered."""
        return measure(
            tables.table("orders"), tables.table("stores"), as_of=as_of, zones=self.clocks.zones
        )

    def yardstick(self, measured: ir.Table, as_of: date) -> ir.Table:
        """Is never asked: a rhythm is the member's own."""
        raise NotImplementedError

    def moved(self, measured: ir.Table, before: Bounds, after: Bounds, as_of: date) -> ir.Table:
        """Is never asked."""
        raise NotImplementedError

    def place(self, compared: ir.Table, as_of: date) -> ir.Table:
        """Tell the next date, and how long it has passed."""
        return cycle(compared, as_of=as_of)


def clocks_of(lake: Lake) -> Clocks:
    """Return the clocks of the lake's shops."""
    with lake.snapshot() as snapshot:
        rows = snapshot.rows("stores", "store_id", "zone").to_pylist()
    return Clocks(tuple(sorted(f"{row['store_id']} {row['zone']}" for row in rows)))
