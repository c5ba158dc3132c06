"""One fit of the value models, as it is kept."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Self

BANDS = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Members by the repeat orders they had before the hold-out; the last group has more too.

    ``actual`` and ``expected`` are orders per member in the hold-out.
    """

    frequency: int
    members: int
    actual: float
    expected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What the models foretold of the last ``days`` days, fitted on what was known before them.

    ``orders`` and ``spend`` are what all ``members`` then did, beside what was expected; the
    coverages are the shares of members whose orders and money lay inside the interval of ``level``.
    """

    days: int
    members: int
    level: float
    calibration: tuple[Calibration, ...]
    orders: float
    expected_orders: float
    spend: float
    expected_spend: float
    mean_absolute_error: float
    orders_coverage: float
    spend_coverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueModel:
    """BG/NBD in weeks and Gamma-Gamma in the orders' currency, fitted as of a date.

    ``repeat`` is r, alpha, a, b; ``spend`` is p, q, v. ``bands`` are the least lifetime values of
    high and medium members. ``quality`` is None where there was too little history to hold out.
    """

    as_of: date
    members: int
    repeat: dict[str, float]
    spend: dict[str, float]
    repeat_log_likelihood: float
    spend_log_likelihood: float
    bands: tuple[float, float]
    discount: float
    level: float
    quality: Quality | None = None

    @property
    def version(self) -> str:
        """The date of the fit and eight digits of what it found: the same fit, the same name."""
        found = json.dumps(
            [self.repeat, self.spend, self.bands, self.discount, self.level], sort_keys=True
        )
        return f"{self.as_of.isoformat()}.{hashlib.sha256(found.encode()).hexdigest()[:8]}"

    @property
    def parameters(self) -> str:
        """Everything but the quality, as JSON."""
        kept = {name: value for name, value in asdict(self).items() if name != "quality"}
        return json.dumps(kept | {"as_of": self.as_of.isoformat()}, sort_keys=True)

    @classmethod
    def read(cls, parameters: str, quality: str | None) -> Self:
        """Return the model of which these two texts were written."""
        kept = json.loads(parameters)
        kept["as_of"] = date.fromisoformat(kept["as_of"])
        kept["bands"] = tuple(kept["bands"])
        return cls(**kept, quality=_quality(quality))


def quality_text(quality: Quality | None) -> str | None:
    """Return the quality as JSON."""
    return None if quality is None else json.dumps(asdict(quality), sort_keys=True)


def _quality(text: str | None) -> Quality | None:
    if text is None:
        return None
    kept = json.loads(text)
    groups = tuple(Calibration(**group) for group in kept.pop("calibration"))
    return Quality(**kept, calibration=groups)
