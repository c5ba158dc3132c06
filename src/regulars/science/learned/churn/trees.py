"""Gradient-boosted trees as text, and what they say."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regulars.base.errors import ConfigurationError, RuleError
from regulars.science.learned.churn.fields import FIELDS, NAMES

if TYPE_CHECKING:
    import lightgbm

Floats = NDArray[np.float64]
_CHUNK_ROWS = 20_000
_STOPS = ("rounds_max", "patience")
# With fewer rows threads wait for each other longer than they work.
_THREADED_ROWS_MIN = 50_000


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees in LightGBM's own text form."""

    text: str

    def log_odds(self, values: Floats) -> Floats:
        """Return the log-odds of leaving, uncalibrated, of each row of `matrix`."""
        found = _booster(self.text).predict(
            values, raw_score=True, num_threads=_threads(len(values))
        )
        return np.asarray(found, dtype=np.float64)

    def explained(self, values: Floats) -> tuple[Floats, Floats]:
        """Return log-odds and what each field adds to the mean's (rows by `FIELDS`).

        On its way down a tree a member passes from the mean of all to that of fewer and fewer, and
        each step counts for the field that was asked. So the parts add up (Saabas 2014,
        "Interpreting random forests"). Shapley values would take forty times as long: minutes for
        a million members.
        """
        booster, (starts, ways) = _booster(self.text), _ways(self.text)
        sparse = importlib.import_module("scipy.sparse")  # LightGBM cannot be without it
        whole = np.zeros((len(values), ways.shape[1]))
        for start in range(0, len(values), _CHUNK_ROWS):
            chunk = values[start : start + _CHUNK_ROWS]
            ended = booster.predict(chunk, pred_leaf=True, num_threads=_threads(len(values)))
            leaves = (np.asarray(ended).reshape(len(chunk), -1) + starts).ravel()
            rows = np.arange(len(chunk) + 1) * len(starts)
            chosen = sparse.csr_matrix(
                (np.ones(leaves.size), leaves, rows), (len(chunk), len(ways))
            )
            whole[start : start + len(chunk)] = chosen @ ways
        return whole[:, -1], whole[:, :-1]


@dataclass(frozen=True, slots=True)
class Part:
    """Members to learn from: `matrix` and who left (1.0)."""

    values: Floats
    left: Floats


def grown(train: Part, stop: Part, parameters: Mapping[str, float | int | str | bool]) -> Trees:
    """Grow trees on ``train`` until ``stop`` gains nothing any more."""
    gbm = _lightgbm()
    settings: dict[str, object] = {
        **{name: value for name, value in parameters.items() if name not in _STOPS},
        "monotone_constraints": [field.monotone for field in FIELDS],
        "num_threads": _threads(len(train.values)),
    }
    rounds, patience = (int(parameters[name]) for name in _STOPS)
    learned = gbm.Dataset(
        train.values, label=train.left, feature_name=list(NAMES), free_raw_data=True
    )
    booster = gbm.train(
        settings,
        learned,
        num_boost_round=rounds,
        valid_sets=[gbm.Dataset(stop.values, label=stop.left, reference=learned)],
        callbacks=[gbm.early_stopping(patience, verbose=False)],
    )
    return Trees(booster.model_to_string(num_iteration=booster.best_iteration))


def demand_lightgbm() -> None:
    """Raise ``ConfigurationError`` unless LightGBM is installed."""
    _lightgbm()


def tree_count(trees: Trees) -> int:
    """Return how many trees there are."""
    return _booster(trees.text).num_trees()


def matrix(features: pa.Table) -> Floats:
    """Return the `FIELDS` as rows by fields, NaN where a value is null.

    Raises:
        RuleError: A field is missing.
    """
    missing = [name for name in NAMES if name not in features.column_names]
    if missing:
        raise RuleError(f"the table lacks {', '.join(missing)}", where="features")
    columns = (features[name].cast(pa.float64()) for name in NAMES)
    return np.column_stack([column.to_numpy(zero_copy_only=False) for column in columns])


@lru_cache(maxsize=4)
def _booster(text: str) -> lightgbm.Booster:
    booster: lightgbm.Booster = _lightgbm().Booster(model_str=text)
    return booster


@lru_cache(maxsize=4)
def _ways(text: str) -> tuple[NDArray[np.int64], Floats]:
    """Return where each tree's leaves begin, and of all leaves what the way to them adds.

    Leaves by `FIELDS` and, last, the leaf's own value.
    """
    trees = [
        _ways_of(tree["tree_structure"], tree["num_leaves"])
        for tree in _booster(text).dump_model()["tree_info"]
    ]
    starts = np.cumsum([0, *map(len, trees)])[:-1]
    return starts, np.concatenate(trees)


def _ways_of(root: Mapping[str, Any], leaves: int) -> Floats:
    found = np.zeros((leaves, len(NAMES) + 1))
    if leaves == 1:
        found[0, -1] = root["leaf_value"]
        return found
    below = [(root, np.zeros(len(NAMES)))]
    while below:
        node, so_far = below.pop()
        for child in (node["left_child"], node["right_child"]):
            is_leaf = "leaf_index" in child
            value = child["leaf_value"] if is_leaf else child["internal_value"]
            way = so_far.copy()
            way[node["split_feature"]] += value - node["internal_value"]
            if is_leaf:
                found[child["leaf_index"]] = [*way, value]
            else:
                below.append((child, way))
    return found


def _threads(rows: int) -> int:
    """Return how many threads to use; 0 stands for all. The answers do not depend on it."""
    return 0 if rows >= _THREADED_ROWS_MIN else 1


def _lightgbm() -> ModuleType:
    try:
        return importlib.import_module("lightgbm")
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "churn models need LightGBM, which is not installed",
            where="regulars.science.learned.churn",
            fix='Install it: pip install "regulars[models]"',
        ) from error
