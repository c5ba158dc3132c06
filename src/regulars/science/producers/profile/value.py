"""The feature table of the members' value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.lake import Lake
from regulars.lake.contracts import contract
from regulars.science.facts import checked_date
from regulars.science.producers.producer import Bounds, Tables, fingerprint
from regulars.science.producers.profile.in_force import fit_in_force, newest_fit
from regulars.science.producers.profile.value_fits import value_kind
from regulars.science.value import ValueModel, ValueOptions, measure
from regulars.science.value.histories import DAYS_PER_WEEK

if TYPE_CHECKING:
    from regulars.science.value.outlook import Outlook

_FITTED = (
    "p_alive",
    "p_purchase_30d",
    "expected_orders_90d",
    "expected_orders_365d",
    "expected_spend",
    "clv",
    "clv_low",
    "clv_high",
    "next_order_on",
    "value_band",
    "model_version",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueProducer:
    """Every member who has ordered, with what the fit in force says, in ``features/value``.

    ``model`` is None until ``prepared`` has found or made one, and where that cannot be: the
    columns that a fit fills are then empty, and ``note`` and ``model_versions`` say why.
    """

    options: ValueOptions = field(default_factory=ValueOptions)
    model: ValueModel | None = None
    note: str | None = None
    name: str = "value"
    needs: tuple[str, ...] = ()
    facts: tuple[str, ...] = ("orders",)
    fact_columns: tuple[str, ...] = ("member_id", "business_date", "net_amount")
    dimensions: tuple[str, ...] = ()
    arrivals: tuple[tuple[str, str], ...] = ()
    compares: bool = False
    window_days: None = None
    measured_columns: tuple[str, ...] = (
        "member_id",
        "first_order_date",
        "last_order_date",
        "frequency",
        "repeat_amount",
    )
    _outlooks: list[Any] = field(default_factory=list, repr=False, compare=False)

    @property
    def fingerprint(self) -> str:
        """Of the fit, which was made by the options: another one moves everybody."""
        version = "" if self.model is None else self.model.version
        return fingerprint(f"{self.name} {version}", self.options, version=1)

    def prepared(self, lake: Lake, as_of: date, *, refit: bool) -> ValueProducer:
        """Return the producer with the fit in force, which is made where there is none."""
        model, missing = fit_in_force(lake, as_of, value_kind(self.options), refit=refit)
        note = missing and f"no customer lifetime value: {missing}"
        return replace(self, model=model, note=note, _outlooks=[])

    def recalled(self, lake: Lake, as_of: date) -> ValueProducer:
        """Return the producer with the newest fit there is."""
        model = newest_fit(lake, as_of, value_kind(self.options))
        return replace(self, model=model, _outlooks=[])

    def measure(self, tables: Tables, as_of: date) -> ir.Table:
        """Return the days with an order of every member who has one."""
        return measure(tables.table("orders"), as_of=as_of)

    def yardstick(self, measured: ir.Table, as_of: date) -> ir.Table:
        """Is never asked: the fit says what members are compared with."""
        raise NotImplementedError

    def moved(self, measured: ir.Table, before: Bounds, after: Bounds, as_of: date) -> ir.Table:
        """Is never asked."""
        raise NotImplementedError

    def place(self, compared: ir.Table, as_of: date) -> ir.Table:
        """Say how long ago and how much; what the fit says is left to ``finish``."""
        first, last = compared["first_order_date"], compared["last_order_date"]
        end = ibis.literal(checked_date(as_of) - timedelta(days=1))
        spend = compared["repeat_amount"].cast("float64") / compared["frequency"].nullif(0)
        types = contract(f"features/{self.name}").ibis_schema
        return compared.mutate(
            as_of=ibis.literal(as_of),
            recency_weeks=last.delta(first, unit="day") / DAYS_PER_WEEK,
            age_weeks=end.delta(first, unit="day") / DAYS_PER_WEEK,
            average_spend=spend.cast("decimal(18, 2)"),
            **{name: ibis.null(types[name]) for name in _FITTED},
        )

    def finish(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """Ask the fit of each member."""
        if self.model is None or not rows.num_rows:
            return rows
        from regulars.science.value.columns import scored

        as_of = rows["as_of"][0].as_py()
        found = scored(rows, model=self.model, outlook=self._outlook(self.model), as_of=as_of)
        columns = [found.get(name, rows[name]) for name in rows.schema.names]
        return pa.RecordBatch.from_arrays(columns, schema=rows.schema)

    def _outlook(self, model: ValueModel) -> Outlook:
        from regulars.science.value.outlook import Outlook

        if not self._outlooks:
            self._outlooks.append(Outlook(model))
        kept: Outlook = self._outlooks[0]
        return kept
