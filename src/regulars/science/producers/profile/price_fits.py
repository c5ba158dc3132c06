"""Price sensitivity as one kind of fit: what a member's slope is added up from lies beside it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from regulars.lake import Snapshot
from regulars.science.learned.price_sensitivity import fitted_and_judged
from regulars.science.producers.profile.in_force import Kind, Made

MODEL, SHELVES = "price_sensitivity", "price_shelves"


@dataclass(frozen=True, slots=True)
class KeptFit:
    """What a producer must know of a fit besides its shelves."""

    version: str
    spread: float


def _made(snapshot: Snapshot, as_of: date) -> Made[KeptFit]:
    fit, report = fitted_and_judged(snapshot, as_of=as_of)
    said = {"spread": fit.spread, "overall": fit.overall, "lines": fit.lines}
    return Made(
        fit=KeptFit(fit.version, fit.spread),
        version=fit.version,
        members=fit.members,
        parameters=json.dumps(said, sort_keys=True),
        quality=json.dumps(asdict(report), default=str, sort_keys=True) if report else None,
        beside=(SHELVES, fit.shelves),
    )


def _read(kept: dict[str, Any]) -> KeptFit:
    return KeptFit(kept["version"], json.loads(kept["parameters"])["spread"])


PRICE: Kind[KeptFit] = Kind(name=MODEL, options="price_sensitivity 1", make=_made, read=_read)
