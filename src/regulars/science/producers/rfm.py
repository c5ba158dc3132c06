"""The feature table of RFM."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import ibis.expr.types as ir

from regulars.science.producers.fingerprints import fingerprint
from regulars.science.producers.producer import Tables
from regulars.science.rfm import RfmOptions, measure, rank


@dataclass(frozen=True, slots=True, kw_only=True)
class RfmProducer:
    """Buyers of the window with their scores and group, in ``features/rfm``."""

    options: RfmOptions = field(default_factory=RfmOptions)
    name: str = "rfm"
    needs: tuple[str, ...] = ()
    facts: tuple[str, ...] = ("orders",)
    dimensions: tuple[str, ...] = ()
    measured_columns: tuple[str, ...] = ("member_id", "last_order_date", "frequency", "monetary")

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

    def was_measured(self, features: ir.Table) -> ir.Table:
        """Return all rows: every row is a buyer."""
        return features

    def finish(self, measured: ir.Table, tables: Tables, as_of: date) -> ir.Table:  # noqa: ARG002 no dimension
        """Score the buyers against each other."""
        return rank(measured, as_of=as_of, options=self.options)
