"""The feature table of the lifecycle stages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import ibis.expr.types as ir

from regulars.science.lifecycle import LifecycleRules, lives, measure, placed
from regulars.science.producers.producer import Bounds, Tables, fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleProducer:
    """Every member with stage and date of entry, in ``features/lifecycle``."""

    rules: LifecycleRules = field(default_factory=LifecycleRules)
    name: str = "lifecycle"
    needs: tuple[str, ...] = ()
    facts: tuple[str, ...] = ("orders",)
    fact_columns: tuple[str, ...] = ("member_id", "business_date")
    dimensions: tuple[str, ...] = ("members",)
    arrivals: tuple[tuple[str, str], ...] = (("members", "joined_on"),)
    compares: bool = False
    window_days: None = None
    measured_columns: tuple[str, ...] = (
        "member_id",
        "joined_on",
        "order_count",
        "first_order_date",
        "last_order_date",
        "growth_on",
        "mature_on",
        "returned_on",
    )

    @property
    def fingerprint(self) -> str:
        """Of the rules."""
        return fingerprint(self.name, self.rules, version=1)

    def measure(self, tables: Tables, as_of: date) -> ir.Table:
        """Return the day of joining and the turning points of every member."""
        turning_points = measure(tables.table("orders"), as_of=as_of, rules=self.rules)
        return lives(turning_points, tables.table("members"))

    def yardstick(self, measured: ir.Table, as_of: date) -> ir.Table:
        """Is never asked: a stage depends on the member and the date alone."""
        raise NotImplementedError

    def moved(self, measured: ir.Table, before: Bounds, after: Bounds, as_of: date) -> ir.Table:
        """Is never asked."""
        raise NotImplementedError

    def place(self, compared: ir.Table, as_of: date) -> ir.Table:
        """Place each member by turning points and date."""
        return placed(compared, as_of=as_of, rules=self.rules)
