"""The feature table of the lifecycle stages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import ibis.expr.types as ir

from regulars.science.lifecycle import LifecycleRules, measure, place
from regulars.science.producers.fingerprints import fingerprint
from regulars.science.producers.producer import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleProducer:
    """Every member with stage and date of entry, in ``features/lifecycle``."""

    rules: LifecycleRules = field(default_factory=LifecycleRules)
    name: str = "lifecycle"
    needs: tuple[str, ...] = ()
    facts: tuple[str, ...] = ("orders",)
    dimensions: tuple[str, ...] = ("members",)
    window_days: None = None
    measured_columns: tuple[str, ...] = (
        "member_id",
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
        """Return the turning points of every member who ordered."""
        return measure(tables.table("orders"), as_of=as_of, rules=self.rules)

    def was_measured(self, features: ir.Table) -> ir.Table:
        """Return the rows of members who ordered."""
        return features.filter(features["order_count"] > 0)

    def finish(self, measured: ir.Table, tables: Tables, as_of: date) -> ir.Table:
        """Place every member by turning points and date."""
        return place(measured, tables.table("members"), as_of=as_of, rules=self.rules)
