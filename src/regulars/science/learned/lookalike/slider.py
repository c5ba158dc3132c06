"""Between how many and how alike."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regulars.base.errors import RuleError
from regulars.science.learned.lookalike.model import LookAlike

_SHARES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)


def ranked(
    model: LookAlike,
    features: pa.Table,
    *,
    seed: Collection[str],
    excluded: Collection[str],
    size: int | None = None,
    similarity_min: float = 0.0,
) -> pa.Table:
    """Return the members most like the seed: member_id, similarity (0 to 100), position from 1.

    Neither seed members nor ``excluded`` (who opted out) are among them. Equally alike members come
    by member_id.

    Raises:
        RuleError: The size is not above 0, or the similarity not from 0 to 100.
    """
    if size is not None and size < 1:
        raise RuleError(f"{size} members are no audience", where="size", fix="Ask for 1 at least")
    if not 0.0 <= similarity_min <= 100.0:
        raise RuleError(f"there is no similarity of {similarity_min}", fix="Use 0 to 100")
    out = pa.array(sorted({*seed, *excluded}), pa.string())
    rest = features.filter(pc.invert(pc.is_in(features["member_id"], out)))
    scores = model.scores(rest)
    found = pa.table({
        "member_id": rest["member_id"],
        "similarity": model.placed(scores),
        "score": scores,
    })  # fmt: skip
    found = found.filter(pc.greater_equal(found["similarity"], similarity_min))
    order = found.sort_by([("score", "descending"), ("member_id", "ascending")]).slice(0, size)
    position = pa.array(np.arange(1, order.num_rows + 1))
    return order.drop_columns(["score"]).append_column("position", position)


def sizes(similarity: pa.Table) -> pa.Table:
    """Return the slider's steps: members, similarity_min (of the least alike of so many).

    ``similarity`` is what `ranked` returns without a size; steps are 0.5, 1, 2, 5, 10, 20, 30 and
    50 % of it.
    """
    whole = similarity.num_rows
    members = sorted({max(1, round(share * whole)) for share in _SHARES}) if whole else []
    held = similarity["similarity"].to_numpy()
    return pa.table({
        "members": pa.array(members, pa.int64()),
        "similarity_min": pa.array([float(held[count - 1]) for count in members], pa.float64()),
    })  # fmt: skip
