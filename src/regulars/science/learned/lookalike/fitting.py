"""Learn what a seed audience has in common, and test it on seed members kept apart."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from regulars.base.errors import RuleError
from regulars.science.learned.lookalike.encoding import Encoding, Floats
from regulars.science.learned.lookalike.logistic import fitted
from regulars.science.learned.lookalike.model import LookAlike, Report

SEED_MIN = 20
_KEPT_SHARE = 0.2
# More teach nothing that these do not.
_SEED_MAX = _OTHERS_MAX = 50_000
_RANDOM_SEED = 20_240_229


def fit(
    features: pa.Table, seed: Collection[str], *, excluded: Collection[str] = frozenset()
) -> LookAlike:
    """Learn what tells the members ``seed`` from the others of ``features``.

    ``features`` has one row per member: member_id and any number of columns with numbers, dates,
    flags and texts; missing values are fine. Members in ``excluded`` (who opted out) teach nothing.
    A fifth of the seed is kept apart for the report, then taught, too. The same rows give the same
    model, in whatever order they come.

    Raises:
        RuleError: Fewer than 20 seed members, or than 20 others, have features; or no column tells
            members apart.
    """
    known = _without(features, excluded).sort_by("member_id")
    mine = np.asarray(pc.is_in(known["member_id"], _ids(seed)).to_numpy(zero_copy_only=False))
    ours, theirs = np.flatnonzero(mine), np.flatnonzero(~mine)
    for name, found in (("seed", ours), ("other", theirs)):
        if len(found) < SEED_MIN:
            raise RuleError(
                f"{len(found)} {name} members have features",
                where="seed",
                fix=f"Look-alikes need {SEED_MIN}",
            )
    random = np.random.default_rng(_RANDOM_SEED)
    ours, theirs = (
        random.permutation(part)[:most]
        for part, most in ((ours, _SEED_MAX), (theirs, 2 * _OTHERS_MAX))
    )
    taught, tested = theirs[::2], theirs[1::2]
    kept = max(SEED_MIN // 4, round(len(ours) * _KEPT_SHARE))
    encoding = Encoding.of(known.take(np.sort(np.concatenate([ours, theirs]))))

    def values(rows: NDArray[np.int64]) -> Floats:
        return encoding.encoded(known.take(rows))

    seed_values, other_values = values(ours), values(taught)
    weights, intercept = _taught(seed_values[kept:], other_values)
    seen = seed_values[:kept] @ weights + intercept
    unseen = values(tested) @ weights + intercept
    weights, intercept = _taught(seed_values, other_values)
    return LookAlike(
        encoding=encoding,
        weights=tuple(weights.tolist()),
        intercept=intercept,
        typical=tuple(np.sort(seed_values @ weights + intercept).tolist()),
        report=Report(
            auc=_auc(seen, unseen),
            auc_random_error=_random_error(kept, len(tested)),
            seed=int(mine.sum()),
            seed_kept=kept,
            unknown=len(set(seed)) - int(mine.sum()),
            members=int((~mine).sum()),
        ),
    )


def _taught(seed_values: Floats, other_values: Floats) -> tuple[Floats, float]:
    positive = np.arange(len(seed_values) + len(other_values)) < len(seed_values)
    return fitted(np.concatenate([seed_values, other_values]), positive)


def _without(features: pa.Table, excluded: Collection[str]) -> pa.Table:
    if "member_id" not in features.column_names:
        raise RuleError("the table lacks member_id", where="features")
    if not excluded:
        return features
    return features.filter(pc.invert(pc.is_in(features["member_id"], _ids(excluded))))


def _ids(members: Collection[str]) -> pa.Array:
    return pa.array(sorted(set(members)), pa.string())


def _auc(ours: Floats, theirs: Floats) -> float:
    """Mann-Whitney's U over all pairs, ties counted half."""
    ordered = np.sort(theirs)
    below = np.searchsorted(ordered, ours, side="left")
    upto = np.searchsorted(ordered, ours, side="right")
    return float((below + upto).mean() / 2.0 / len(theirs))


def _random_error(ours: int, theirs: int) -> float:
    """The standard deviation of the AUC of a random order (Mann & Whitney 1947)."""
    return float(np.sqrt((ours + theirs + 1) / (12.0 * ours * theirs)))
