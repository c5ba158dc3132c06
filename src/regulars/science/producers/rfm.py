"""The feature table of RFM."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import ibis.expr.types as ir

from regulars.science.producers.producer import Bounds, Tables, fingerprint
from regulars.science.rfm import RfmOptions, between, measure, ranked, yardstick


@dataclass(frozen=True, slots=True, kw_only=True)
class RfmProducer:
    """Buyers of the window with their scores and group, in ``features/rfm``."""

    options: RfmOptions = field(default_factory=RfmOptions)
    name: str = "rfm"
    needs: tuple[str, ...] = ()
    facts: tuple[str, ...] = ("orders",)
    fact_columns: tuple[str, ...] = ("member_id", "business_date", "net_amount")
    dimensions: tuple[str, ...] = ()
    arrivals: tuple[tuple[str, str], ...] = ()
    measured_columns: tuple[str, ...] = ("member_id", "last_order_date", "frequency", "monetary")

    @property
    def compares(self) -> bool:
        """Unless all cuts are set."""
        return self.options.compares

    @property
    def window_days(self) -> int:
        """The window of the options."""
        return self.options.window_days

    @property
    def fingerprint(self) -> str:
        """Of the options."""
        return fingerprint(self.name, self.options, version=1)

    def measure(self, tables: Tables, as_of: date) -> ir.Table:
        """Return each buyer's last order date, frequency and monetary."""
        return measure(tables.table("orders"), as_of=as_of, window_days=self.window_days)

    def yardstick(self, measured: ir.Table, as_of: date) -> ir.Table:
        """Return what the buyers together are measured by."""
        return yardstick(measured, as_of=as_of, options=self.options)

    def moved(self, measured: ir.Table, before: Bounds, after: Bounds, as_of: date) -> ir.Table:
        """Return the buyers between an old bound and a new one."""
        return between(measured, before, after, as_of=as_of)

    def place(self, compared: ir.Table, as_of: date) -> ir.Table:
        """Score each buyer against the yardstick."""
        return ranked(compared, as_of=as_of, options=self.options)
