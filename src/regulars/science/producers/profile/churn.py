"""The feature table of churn risk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.lake import Lake
from regulars.lake.contracts import contract
from regulars.science.learned import churn
from regulars.science.producers.producer import Bounds, Tables, fingerprint
from regulars.science.producers.profile.churn_fits import CHURN
from regulars.science.producers.profile.in_force import fit_in_force, newest_fit

# Where the model's answers go.
_SAID = {
    "p_churn": "p_churn",
    "churn_band": "churn_band",
    "churn_reasons": "churn_reasons",
    "churn_model": "model_version",
}


@dataclass(frozen=True, slots=True)
class _Fixed:
    """What decides the rows besides the fit."""

    active_days: int = churn.ACTIVE_DAYS
    horizon_days: int = churn.HORIZON_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class ChurnProducer:
    """Members who ordered in the last 180 days, with what the fit in force says of them.

    ``model`` is None until ``prepared`` has found or made one, and where that cannot be: what it
    would say is then empty, and ``note`` and ``model_versions`` tell why.
    """

    model: churn.ChurnModel | None = None
    note: str | None = None
    name: str = "churn"
    needs: tuple[str, ...] = ()
    facts: tuple[str, ...] = tuple(churn.FACTS)
    fact_columns: tuple[str, ...] = tuple(
        dict.fromkeys(column for columns in churn.FACTS.values() for column in columns)
    )
    dimensions: tuple[str, ...] = ()
    arrivals: tuple[tuple[str, str], ...] = ()
    compares: bool = False
    window_days: None = None
    measured_columns: tuple[str, ...] = churn.MEASURED

    @property
    def fingerprint(self) -> str:
        """Of the fit: another one moves everybody."""
        version = "" if self.model is None else self.model.version
        return fingerprint(f"{self.name} {version}", _Fixed(), version=1)

    def prepared(self, lake: Lake, as_of: date, *, refit: bool) -> ChurnProducer:
        """Return the producer with the fit in force, which is made where there is none."""
        model, missing = fit_in_force(lake, as_of, CHURN, refit=refit)
        return replace(self, model=model, note=missing and f"no churn risk: {missing}")

    def recalled(self, lake: Lake, as_of: date) -> ChurnProducer:
        """Return the producer with the newest fit there is."""
        return replace(self, model=newest_fit(lake, as_of, CHURN))

    def measure(self, tables: Tables, as_of: date) -> ir.Table:
        """Return sums and dates of every member with an order."""
        return churn.measures(tables, as_of=as_of)

    def yardstick(self, measured: ir.Table, as_of: date) -> ir.Table:
        """Is never asked: the fit says what members are compared with."""
        raise NotImplementedError

    def moved(self, measured: ir.Table, before: Bounds, after: Bounds, as_of: date) -> ir.Table:
        """Is never asked."""
        raise NotImplementedError

    def place(self, compared: ir.Table, as_of: date) -> ir.Table:
        """Say what the model reads as of the date; its answers are left to ``finish``."""
        types = contract(f"features/{self.name}").ibis_schema
        return churn.features(compared, as_of=as_of).mutate(
            as_of=ibis.literal(as_of),
            **{column: ibis.null(types[column]) for column in _SAID.values()},
        )

    def finish(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """Ask the fit of each member."""
        if self.model is None or not rows.num_rows:
            return rows
        found = self.model.scores(pa.Table.from_batches([rows])).combine_chunks()
        answers = {column: found[said].combine_chunks() for said, column in _SAID.items()}
        columns = [answers.get(name, rows[name]) for name in rows.schema.names]
        return pa.RecordBatch.from_arrays(columns, schema=rows.schema)
