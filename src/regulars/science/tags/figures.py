"""How many members have a tag, and with which values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from regulars.science.tags.rules import Bucket

VALUES_MAX = 50
_PARTS = 10


@dataclass(frozen=True, slots=True)
class TagFigures:
    """One tag among some members.

    ``shares`` are (value or bucket, members), the most frequent first, or in the order of the
    buckets; a number without buckets is parted into ranges "from–to" of equal width. ``members``
    have a value, of ``everybody``. ``median`` is of numbers only.
    """

    members: int
    everybody: int
    shares: tuple[tuple[str, int], ...]
    median: float | None = None

    @property
    def coverage(self) -> float:
        """The share of members that have a value, 0 to 1."""
        return self.members / self.everybody if self.everybody else 0.0


def figures_of(
    rows: ir.Table, code: str, *, numeric: bool, buckets: Sequence[Bucket] = ()
) -> TagFigures:
    """Return the figures of one column of ``rows``, which has a row per member."""
    value = rows[code]
    totals = rows.agg(
        everybody=rows.count(),
        members=value.count(),
        **({"median": value.median(), "low": value.min(), "high": value.max()} if numeric else {}),
    )
    found = totals.to_pyarrow().to_pylist()[0]
    if numeric and not buckets:
        buckets = _ranges(found["low"], found["high"])
    label = bucketed(value, buckets) if numeric else value
    there = rows.filter(value.notnull()).select(label=label)
    counted = there.group_by("label").agg(members=there.count())
    shown = counted.order_by([ibis.desc("members"), "label"]).limit(VALUES_MAX).to_pyarrow()
    shares = [(str(row["label"]), int(row["members"])) for row in shown.to_pylist()]
    if numeric:
        place = {bucket.name: n for n, bucket in enumerate(buckets)}
        shares.sort(key=lambda share: place[share[0]])
    return TagFigures(found["members"], found["everybody"], tuple(shares), found.get("median"))


def bucketed(value: ir.Value, buckets: Sequence[Bucket]) -> ir.Value:
    """Return the name of the bucket that the number lies in; missing for a missing number."""
    bounded = [(value < one.below, one.name) for one in buckets if one.below is not None]
    rest = next((one.name for one in buckets if one.below is None), None)
    return ibis.cases((value.isnull(), ibis.null("string")), *bounded, else_=rest)


def _ranges(low: float | None, high: float | None) -> tuple[Bucket, ...]:
    if low is None or high is None:
        return ()
    if low == high:
        return (Bucket(f"{low:,.12g}", None),)
    width = (high - low) / _PARTS
    bounds = [low + n * width for n in range(_PARTS + 1)]
    names = _told_apart(bounds, width)
    return tuple(
        Bucket(f"{names[n]}–{names[n + 1]}", None if n == _PARTS - 1 else bounds[n + 1])
        for n in range(_PARTS)
    )


def _told_apart(bounds: Sequence[float], width: float) -> list[str]:
    """Return the bounds as text, with as few decimals as tell neighbours apart."""
    needed = max(0, 1 - math.floor(math.log10(width)))
    exact = (
        places
        for places in range(needed)
        if all(
            math.isclose(round(one, places), one, rel_tol=0.0, abs_tol=width / 1e6)
            for one in bounds
        )
    )
    places = next(exact, needed)
    return [f"{one:,.{places}f}" for one in bounds]
