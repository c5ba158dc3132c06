"""The feature table of the four strata."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.science.producers.producer import Bounds, Tables, fingerprint
from regulars.science.rfm import measure
from regulars.science.strata import StrataRules
from regulars.science.strata.bounds import bounds, crossed, stratum

_MINOR_UNITS = 100
_VALUE = "minor_units"


@dataclass(frozen=True, slots=True, kw_only=True)
class StrataProducer:
    """Buyers of the last 365 days in four layers by net amount, in ``features/strata``."""

    rules: StrataRules = field(default_factory=StrataRules)
    name: str = "strata"
    needs: tuple[str, ...] = ()
    facts: tuple[str, ...] = ("orders",)
    fact_columns: tuple[str, ...] = ("member_id", "business_date", "net_amount")
    dimensions: tuple[str, ...] = ()
    arrivals: tuple[tuple[str, str], ...] = ()
    compares: bool = True
    window_days: int = 365
    measured_columns: tuple[str, ...] = ("member_id", "monetary")

    @property
    def fingerprint(self) -> str:
        """Of the rules."""
        return fingerprint(self.name, self.rules, version=1)

    def measure(self, tables: Tables, as_of: date) -> ir.Table:
        """Return each buyer's net amount."""
        found = measure(tables.table("orders"), as_of=as_of, window_days=self.window_days)
        return found.select(*self.measured_columns)

    def yardstick(self, measured: ir.Table, as_of: date) -> ir.Table:  # noqa: ARG002 the same on any date
        """Return the least amount of each stratum, in minor units."""
        return bounds(_valued(measured).select(_VALUE), by=_VALUE, rules=self.rules)

    def moved(self, measured: ir.Table, before: Bounds, after: Bounds, as_of: date) -> ir.Table:  # noqa: ARG002 the same on any date
        """Return the buyers between an old bound and a new one."""
        valued = _valued(measured)
        return valued.filter(crossed(valued[_VALUE], before, after)).drop(_VALUE)

    def place(self, compared: ir.Table, as_of: date) -> ir.Table:
        """Put each buyer into a stratum."""
        valued = _valued(compared)
        placed = valued.mutate(as_of=ibis.literal(as_of), stratum=stratum(valued[_VALUE], valued))
        return placed.drop(_VALUE)


def _valued(measured: ir.Table) -> ir.Table:
    return measured.mutate(**{_VALUE: (measured["monetary"] * _MINOR_UNITS).cast("int64")})
