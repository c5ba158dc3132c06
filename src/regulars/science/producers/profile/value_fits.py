"""The value models as one kind of fit."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from regulars.lake import Snapshot
from regulars.science.producers.producer import fingerprint
from regulars.science.producers.profile.in_force import Kind, Made
from regulars.science.value import ValueModel, ValueOptions
from regulars.science.value.model import quality_text

MODEL = "value"
NOT_INSTALLED = "the value models are not installed: pip install 'regulars[models]'"


def value_kind(options: ValueOptions) -> Kind[ValueModel]:
    """Return the kind of fit of a brand; too few members who ordered again allow none."""
    return Kind(
        name=MODEL,
        options=fingerprint(MODEL, options, version=1),
        make=partial(_made, options),
        read=_read,
        packages=("scipy",),
        not_installed=NOT_INSTALLED,
    )


def _made(options: ValueOptions, snapshot: Snapshot, as_of: date) -> Made[ValueModel]:
    from regulars.science.value.fitting import fit

    model = fit(snapshot.table("orders"), as_of=as_of, options=options)
    return Made(
        fit=model,
        version=model.version,
        members=model.members,
        parameters=model.parameters,
        quality=quality_text(model.quality),
        log_likelihood=model.repeat_log_likelihood + model.spend_log_likelihood,
    )


def _read(kept: dict[str, Any]) -> ValueModel:
    return ValueModel.read(kept["parameters"], kept["quality"])
