"""Train on the past, stop on a later time, calibrate and judge on the latest."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from regulars.base.errors import RuleError
from regulars.science.facts import checked_date, known
from regulars.science.learned.churn.calibration import calibrated
from regulars.science.learned.churn.cuts import cuts
from regulars.science.learned.churn.distributions import Distribution
from regulars.science.learned.churn.fields import NAMES
from regulars.science.learned.churn.labels import HORIZON_DAYS, labelled
from regulars.science.learned.churn.measures import Tables
from regulars.science.learned.churn.model import ChurnModel, Report
from regulars.science.learned.churn.quality import quality, reliability
from regulars.science.learned.churn.sample import MEMBERS_MAX, some_members
from regulars.science.learned.churn.trees import (
    Floats,
    Part,
    demand_lightgbm,
    grown,
    matrix,
    tree_count,
)

SEED = 20_240_229
MEMBERS_MIN = 200
_PARAMETERS: dict[str, float | int | str | bool] = {
    "objective": "binary",
    "learning_rate": 0.1,
    # Larger trees rank no better, and their reasons take seven times as long.
    "num_leaves": 8,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.7,
    "lambda_l2": 5.0,
    "rounds_max": 500,
    "patience": 30,
    # The same facts give the same trees, on however many cores.
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}


def fit(
    tables: Tables,
    *,
    as_of: date,
    horizon_days: int = HORIZON_DAYS,
    seed: int = SEED,
    members_max: int = MEMBERS_MAX,
) -> ChurnModel:
    """Fit a model on everything before ``as_of``; the same facts and seed give the same model.

    With a horizon of h days, features as of as_of - 3h and one and two months before train, those
    as of as_of - 2h say when to stop; of the members as of as_of - h one half calibrates and the
    other judges, so no label of the judged time was ever learned from. Features of as_of itself
    have no labels yet: they are what the model is for. Of more than ``members_max`` buyers a
    random part of so many is read.

    Raises:
        ConfigurationError: LightGBM is not installed.
        RuleError: The history is too short, fewer than 200 members stand in a part, or nobody or
            everybody left.
    """
    demand_lightgbm()
    tables = some_members(tables, members_max=members_max)
    days = cuts(first=_first(tables, as_of), as_of=as_of, horizon_days=horizon_days)
    train = pa.concat_tables([_known(tables, cut, horizon_days) for cut in days.train])
    stop, judge = (_known(tables, cut, horizon_days) for cut in (days.stop, days.judge))
    trees = grown(_part(train), _part(stop), _PARAMETERS | {"seed": seed})
    mine, theirs = _halves(judge, seed)
    calibration = calibrated(trees.log_odds(matrix(mine)), _left(mine))
    probability = calibration(trees.log_odds(matrix(theirs)))
    columns = dict(zip(NAMES, matrix(judge).T, strict=True))
    columns["p_churn"] = calibration(trees.log_odds(matrix(judge)))
    return ChurnModel(
        as_of=checked_date(as_of),
        horizon_days=horizon_days,
        cuts={"train": days.train, "stop": (days.stop,), "judge": (days.judge,)},
        parameters=_PARAMETERS | {"seed": seed},
        trees=trees,
        calibration=calibration,
        drift_from={name: Distribution.of(values) for name, values in columns.items()},
        report=Report(
            model=quality(probability, _left(theirs)),
            baseline=quality(_by_recency(mine, theirs), _left(theirs)),
            reliability=tuple(reliability(probability, _left(theirs))),
            trained_on=train.num_rows,
            stopped_on=stop.num_rows,
            calibrated_on=mine.num_rows,
            trees=tree_count(trees),
        ),
    )


def _first(tables: Tables, as_of: date) -> date:
    found = known(tables.table("orders"), as_of)["business_date"].min().to_pyarrow().as_py()
    if found is None:
        raise RuleError(f"there is no order before {as_of}", where="orders")
    return date.fromisoformat(str(found))


def _known(tables: Tables, cut: date, horizon_days: int) -> pa.Table:
    found = labelled(tables, cut=cut, horizon_days=horizon_days)
    if found.num_rows < MEMBERS_MIN:
        raise RuleError(
            f"{found.num_rows} members had ordered in the 180 days before {cut}",
            where="orders",
            fix=f"A churn model needs {MEMBERS_MIN}",
        )
    return found


def _part(rows: pa.Table) -> Part:
    return Part(matrix(rows), _left(rows))


def _left(rows: pa.Table) -> Floats:
    return np.asarray(rows["churned"].cast("int8").to_numpy(), dtype=np.float64)


def _halves(rows: pa.Table, seed: int) -> tuple[pa.Table, pa.Table]:
    order = np.random.default_rng(seed).permutation(rows.num_rows)
    middle = len(order) // 2
    return rows.take(np.sort(order[:middle])), rows.take(np.sort(order[middle:]))


def _by_recency(mine: pa.Table, theirs: pa.Table) -> Floats:
    """Return what recency alone would say, calibrated on the same members as the model."""
    days = mine["recency_days"].to_numpy()
    return calibrated(days, _left(mine))(theirs["recency_days"].to_numpy())
