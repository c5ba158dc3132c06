"""The feature table of preferences."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.lake import Lake
from regulars.science.producers.producer import Bounds, Tables, fingerprint
from regulars.science.producers.profile.cycle import Clocks, clocks_of
from regulars.science.producers.profile.in_force import fit_in_force, newest_fit
from regulars.science.producers.profile.preference_fits import SHARES, shares_kind
from regulars.science.profile import preferences
from regulars.science.profile.preferences import PreferenceOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesProducer:
    """Every buyer of the window, with what they choose more than others, in their own table.

    ``clocks`` and ``version``, the shares of everybody that hold, are found by ``prepared``.
    """

    options: PreferenceOptions = field(default_factory=PreferenceOptions)
    clocks: Clocks = field(default_factory=Clocks)
    version: str | None = None
    note: None = None
    name: str = "preferences"
    needs: tuple[str, ...] = ()
    facts: tuple[str, ...] = ("order_lines", "orders")
    fact_columns: tuple[str, ...] = (
        "member_id", "business_date", "product_id", "channel", "store_id", "ordered_at",
    )  # fmt: skip
    dimensions: tuple[str, ...] = ("stores", SHARES)
    arrivals: tuple[tuple[str, str], ...] = ()
    compares: bool = False
    measured_columns: tuple[str, ...] = ("member_id", *preferences.COLUMNS)

    @property
    def window_days(self) -> int:
        """How many days before the date a choice counts."""
        return self.options.window_days

    @property
    def fingerprint(self) -> str:
        """Of the shares, the options and the shops' zones: each of them moves everybody."""
        known = fingerprint(self.name, self.clocks, version=1)
        return fingerprint(f"{known} {self.version}", self.options, version=2)

    def prepared(self, lake: Lake, as_of: date, *, refit: bool) -> PreferencesProducer:
        """Return the producer that knows everybody's shares, which are added up if need be."""
        clocks = clocks_of(lake)
        kind = shares_kind(self.options, clocks)
        version, _nothing_bought = fit_in_force(lake, as_of, kind, refit=refit)
        return replace(self, clocks=clocks, version=version)

    def recalled(self, lake: Lake, as_of: date) -> PreferencesProducer:
        """Return the producer with the newest shares there are."""
        clocks = clocks_of(lake)
        version = newest_fit(lake, as_of, shares_kind(self.options, clocks))
        return replace(self, clocks=clocks, version=version)

    def measure(self, tables: Tables, as_of: date) -> ir.Table:
        """Return what each buyer of the window chose more than others did."""
        every = tables.table(SHARES)
        shares = every.filter(every["version"] == (self.version or ""))
        goods = shares.filter(shares["dimension"] == "product").rename(product_id="option")
        counted = preferences.counts(
            tables.table("order_lines"),
            tables.table("orders"),
            goods,
            tables.table("stores"),
            as_of=as_of,
            window_days=self.window_days,
            zones=self.clocks.zones,
        )
        return preferences.measure(counted, shares, index_min=self.options.index_min)

    def yardstick(self, measured: ir.Table, as_of: date) -> ir.Table:
        """Is never asked: the shares say what members are compared with."""
        raise NotImplementedError

    def moved(self, measured: ir.Table, before: Bounds, after: Bounds, as_of: date) -> ir.Table:
        """Is never asked."""
        raise NotImplementedError

    def place(self, compared: ir.Table, as_of: date) -> ir.Table:
        """Say as of when, and compared with what."""
        version = ibis.null("string") if self.version is None else ibis.literal(self.version)
        return compared.mutate(as_of=ibis.literal(as_of), model_version=version)
