"""Why a model says what it says, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from regulars.base.errors import RuleError
from regulars.science.learned.churn.fields import BY_NAME, NAMES, Kind

REASONS_MAX = 3
# Less than this in log-odds moves a probability by two per cent at most: no reason.
_PART_MIN = 0.08


def told(parts: NDArray[np.float64]) -> list[str]:
    """Return the reasons of each row of parts (rows by `FIELDS`), as they are kept.

    >>> told(np.array([[0.5, -0.9] + [0.0] * 21]))
    ['-overdue,+recency_days']
    """
    size = np.abs(parts)
    order = np.argsort(-size, axis=1, kind="stable")[:, :REASONS_MAX]
    counts = np.take_along_axis(size, order, axis=1) >= _PART_MIN
    signed = np.where(np.take_along_axis(parts, order, axis=1) > 0, order, order + len(NAMES))
    names = [f"+{name}" for name in NAMES] + [f"-{name}" for name in NAMES]
    return [
        ",".join(names[place] for place, real in zip(row, held, strict=True) if real)
        for row, held in zip(signed.tolist(), counts.tolist(), strict=True)
    ]


def reasons(
    kept: str, values: Mapping[str, float | None], *, language: Literal["en", "zh"] = "en"
) -> list[str]:
    """Return churn_reasons as sentences; ``values`` are the member's fields.

    >>> reasons("+recency_days,-overdue", {"recency_days": 87.0, "overdue": 0.4})
    ['days since the last order: 87 (raises the risk)', \
'time since the last order ÷ usual interval: 0.4 (lowers the risk)']

    Raises:
        RuleError: A reason names no field.
    """
    found = []
    for one in kept.split(",") if kept else ():
        if one[1:] not in BY_NAME:
            raise RuleError(f"there is no field {one[1:]!r}", where="churn_reasons")
        field = BY_NAME[one[1:]]
        value = written(values.get(field.name), field.kind, language=language)
        if language == "zh":
            found.append(f"{field.chinese}：{value}（{'推高' if one[0] == '+' else '降低'}风险）")
        else:
            moves = "raises" if one[0] == "+" else "lowers"
            found.append(f"{field.english}: {value} ({moves} the risk)")
    return found


def written(value: float | None, kind: Kind, *, language: Literal["en", "zh"] = "en") -> str:
    """Return a field's value as staff read it."""
    if value is None or np.isnan(value):
        return "无" if language == "zh" else "none"
    if kind == "share":
        return f"{value:.0%}"
    if kind == "ratio":
        return f"{value:.1f}"
    return f"{value:,.0f}"
