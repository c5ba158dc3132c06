"""Churn models as one kind of fit."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from regulars.lake import Snapshot
from regulars.science.learned import churn
from regulars.science.producers.profile.in_force import Kind, Made

MODEL = "churn"
NOT_INSTALLED = "LightGBM is not installed: pip install 'regulars[models]'"


def _made(snapshot: Snapshot, as_of: date) -> Made[churn.ChurnModel]:
    model = churn.fit(snapshot, as_of=as_of)
    return Made(
        fit=model,
        version=model.version,
        members=model.report.trained_on,
        parameters=model.to_json(),
        quality=json.dumps(asdict(model.report), sort_keys=True),
    )


def _read(kept: dict[str, Any]) -> churn.ChurnModel:
    return churn.ChurnModel.from_json(kept["parameters"])


CHURN: Kind[churn.ChurnModel] = Kind(
    name=MODEL,
    options="churn 1",
    make=_made,
    read=_read,
    packages=("lightgbm", "scipy"),
    not_installed=NOT_INSTALLED,
)
