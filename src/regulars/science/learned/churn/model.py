"""A fitted churn model: frozen, told apart by its version, kept as plain text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self

import numpy as np
import pyarrow as pa

from regulars.base.errors import RuleError
from regulars.science.learned.churn.calibration import Calibration, Floats
from regulars.science.learned.churn.distributions import Distribution
from regulars.science.learned.churn.fields import NAMES
from regulars.science.learned.churn.quality import Quality
from regulars.science.learned.churn.trees import Trees, matrix
from regulars.science.learned.churn.words import told

# From which probability of no order in the horizon a member belongs to the band.
BANDS = {"high": 0.8, "medium": 0.5, "low": 0.0}


@dataclass(frozen=True, slots=True)
class Report:
    """How good the model was on members and a time that it was neither trained nor calibrated on.

    Attributes:
        model, baseline: The model, and calibrated recency alone, on the same members.
        reliability: (members, mean probability, share who left) of ten groups by probability.
        trained_on, stopped_on, calibrated_on: Members in each part.
        trees: How many trees the stop left.
    """

    model: Quality
    baseline: Quality
    reliability: tuple[tuple[int, float, float], ...]
    trained_on: int
    stopped_on: int
    calibrated_on: int
    trees: int


@dataclass(frozen=True, slots=True)
class ChurnModel:
    """Gradient-boosted trees (Ke et al. 2017, LightGBM) whose log-odds are calibrated.

    p_churn is the probability of no order in the ``horizon_days`` from the date of the features, of
    a member who ordered in the 180 days before it.

    Attributes:
        as_of: The date as of which the chain was known when the model was fitted.
        cuts: The dates of the features it was trained, stopped and judged on, by part.
        drift_from: How each field and p_churn were spread when the model was judged.
    """

    as_of: date
    horizon_days: int
    cuts: Mapping[str, tuple[date, ...]]
    parameters: Mapping[str, float | int | str | bool]
    trees: Trees
    calibration: Calibration
    drift_from: Mapping[str, Distribution]
    report: Report

    @property
    def version(self) -> str:
        """A name for these trees and this calibration: the date, and what tells them apart."""
        said = f"{self.trees.text}{self.calibration}".encode()
        return f"{self.as_of:%Y%m%d}-{hashlib.blake2b(said, digest_size=4).hexdigest()}"

    def probabilities(self, features: pa.Table) -> Floats:
        """Return p_churn of each row of `features`."""
        return self.calibration(self.trees.log_odds(matrix(features)))

    def scores(self, features: pa.Table) -> pa.Table:
        """Return what the model says of each member of `features`, in their order.

        Returns member_id, p_churn, churn_band (high, medium, low), churn_reasons (the three fields
        that moved the answer most, each after + or -, comma-separated; see `words.reasons`),
        churn_model (the version).

        Raises:
            RuleError: A field is missing.
        """
        values = matrix(features)
        log_odds, parts = self.trees.explained(values)
        probability = self.calibration(log_odds)
        return pa.table({
            "member_id": features["member_id"],
            "p_churn": probability,
            "churn_band": banded(probability),
            "churn_reasons": pa.array(told(parts), pa.string()),
            "churn_model": pa.array([self.version] * len(probability), pa.string()),
        })  # fmt: skip

    def drift(self, features: pa.Table) -> dict[str, float]:
        """Return the stability index of each field and of p_churn, since the model was judged."""
        columns = dict(zip(NAMES, matrix(features).T, strict=True))
        columns["p_churn"] = self.probabilities(features)
        return {name: self.drift_from[name].moved(values) for name, values in columns.items()}

    def to_json(self) -> str:
        """Return everything as text that `from_json` reads back to an equal model."""
        return json.dumps(asdict(self), default=str, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the model that `to_json` wrote.

        Raises:
            RuleError: The text is no such model.
        """
        try:
            held = json.loads(text)
            return cls(**_read(held))
        except (ValueError, KeyError, TypeError) as error:
            raise RuleError(
                f"this is no churn model: {error}", fix="Pass what to_json wrote"
            ) from error


def banded(probability: Floats) -> pa.Array:
    """Return the band of each probability."""
    names = list(BANDS)
    places = (probability < BANDS["high"]).astype(int) + (probability < BANDS["medium"])
    return pa.array(np.array(names)[places].tolist(), pa.string())


def _read(held: dict[str, Any]) -> dict[str, Any]:
    report = held["report"]
    return held | {
        "as_of": date.fromisoformat(held["as_of"]),
        "cuts": {
            part: tuple(map(date.fromisoformat, days)) for part, days in held["cuts"].items()
        },
        "trees": Trees(**held["trees"]),
        "calibration": Calibration(*(tuple(held["calibration"][k]) for k in _POINTS)),
        "drift_from": {
            name: Distribution(tuple(d["edges"]), tuple(d["shares"]))
            for name, d in held["drift_from"].items()
        },
        "report": Report(**report | {
            "model": Quality(**report["model"]),
            "baseline": Quality(**report["baseline"]),
            "reliability": tuple(map(tuple, report["reliability"])),
        }),
    }  # fmt: skip


_POINTS = ("scores", "probabilities")
