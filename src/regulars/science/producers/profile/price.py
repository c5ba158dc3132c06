"""The feature table of price sensitivity."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.lake import Lake
from regulars.science.learned.price_sensitivity import responses
from regulars.science.learned.price_sensitivity.shelves import MEASURED
from regulars.science.producers.producer import Bounds, Tables, fingerprint
from regulars.science.producers.profile.in_force import fit_in_force, newest_fit
from regulars.science.producers.profile.price_fits import PRICE, SHELVES, KeptFit

_NO_FIT = KeptFit("", 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceProducer:
    """Members who could take or leave an offer, in ``features/price_sensitivity``.

    ``fit`` is found by ``prepared``; without one there are no rows, and ``note`` says why. Lines
    count up to the fit's date: what was on the shelf later, the next month's fit knows.
    """

    fit: KeptFit = _NO_FIT
    note: str | None = None
    name: str = "price_sensitivity"
    needs: tuple[str, ...] = ()
    facts: tuple[str, ...] = ("order_lines",)
    fact_columns: tuple[str, ...] = ("member_id", "business_date", "product_id")
    dimensions: tuple[str, ...] = (SHELVES,)
    arrivals: tuple[tuple[str, str], ...] = ()
    compares: bool = False
    window_days: None = None
    measured_columns: tuple[str, ...] = MEASURED

    @property
    def fingerprint(self) -> str:
        """Of the fit: another one moves everybody."""
        return fingerprint(self.name, self.fit, version=1)

    def prepared(self, lake: Lake, as_of: date, *, refit: bool) -> PriceProducer:
        """Return the producer with the fit in force, which is made where there is none."""
        fit, missing = fit_in_force(lake, as_of, PRICE, refit=refit)
        note = missing and f"no price sensitivity: {missing}"
        return replace(self, fit=fit or _NO_FIT, note=note)

    def recalled(self, lake: Lake, as_of: date) -> PriceProducer:
        """Return the producer with the newest fit there is."""
        return replace(self, fit=newest_fit(lake, as_of, PRICE) or _NO_FIT)

    def measure(self, tables: Tables, as_of: date) -> ir.Table:
        """Return what each member makes of discounts."""
        every = tables.table(SHELVES)
        shelves = every.filter(every["version"] == self.fit.version).drop("version")
        return responses(tables.table("order_lines"), shelves, spread=self.fit.spread, as_of=as_of)

    def yardstick(self, measured: ir.Table, as_of: date) -> ir.Table:
        """Is never asked: the fit says what members are compared with."""
        raise NotImplementedError

    def moved(self, measured: ir.Table, before: Bounds, after: Bounds, as_of: date) -> ir.Table:
        """Is never asked."""
        raise NotImplementedError

    def place(self, compared: ir.Table, as_of: date) -> ir.Table:
        """Say as of when, and by which fit."""
        version = ibis.literal(self.fit.version)
        return compared.mutate(as_of=ibis.literal(as_of), model_version=version)
