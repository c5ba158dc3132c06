"""What the models page asks: which fits are kept, and how far members have moved since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import ibis
import numpy as np

from regulars.console.desk import remembered
from regulars.science.learned.churn import ChurnModel

if TYPE_CHECKING:
    from regulars.console.desk import Desk

_TABLE = "model_versions"


@dataclass(frozen=True, slots=True)
class KeptFit:
    """One fit of one model, or why there is none; ``version`` is then empty."""

    model: str
    as_of: date
    fitted_at: datetime
    version: str
    members: int
    seconds: float
    error: str


def kept_fits(desk: Desk) -> tuple[KeptFit, ...]:
    """Return the fits up to the reader's date, the newest first; headquarters see them."""

    def ask() -> tuple[KeptFit, ...]:
        rows = desk.lake.table(_TABLE)
        rows = rows.filter(rows["as_of"] <= desk.as_of).select(*KeptFit.__dataclass_fields__)
        found = rows.mutate(
            version=rows["version"].fill_null(""), error=rows["error"].fill_null("")
        )
        listed = [KeptFit(**row) for row in found.to_pyarrow().to_pylist()]
        return tuple(sorted(listed, key=lambda one: (one.as_of, one.fitted_at), reverse=True))

    return remembered(desk.key, "kept fits", ask)


def churn_model(desk: Desk) -> ChurnModel | None:
    """Return the churn model that holds on the reader's date, if one was fitted."""

    def ask() -> ChurnModel | None:
        rows = desk.lake.table(_TABLE)
        mine = rows.filter(
            rows["model"] == "churn", rows["version"].notnull(), rows["as_of"] <= desk.as_of
        )
        newest = mine.order_by(ibis.desc("as_of"), ibis.desc("fitted_at")).limit(1)
        texts = newest.select("parameters").to_pyarrow()["parameters"].to_pylist()
        return ChurnModel.from_json(texts[0]) if texts else None

    return remembered(desk.key, "churn model", ask)


def churn_drift(desk: Desk, model: ChurnModel) -> dict[str, float]:
    """Return how far each field of the reader's date has moved since the model was judged.

    Empty without features of that date.
    """

    def ask() -> dict[str, float]:
        rows = desk.lake.table("features/churn")
        mine = rows.filter(rows["as_of"] == desk.as_of)
        names = list(model.drift_from)
        held = mine.select(**{name: mine[name].cast("float64") for name in names}).to_pyarrow()
        if not held.num_rows:
            return {}
        return {
            name: model.drift_from[name].moved(np.asarray(held[name].to_numpy(), dtype=np.float64))
            for name in names
        }

    return remembered(desk.key, f"churn drift {model.version}", ask)
