"""High, medium and low: the 27 cells of the cube, the three bands of value, and who moved.

A score from 1 to L is *medium* when it lies nearer to the middle (L + 1) / 2 than a third of L / 2,
*low* below and *high* above: of five levels 1 and 2 are low, 3 is medium, 4 and 5 are high.
"""

from __future__ import annotations

from typing import Literal

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.base.errors import RuleError
from regulars.science.facts import require_columns
from regulars.science.rfm.options import LEVELS_MAX, LEVELS_MIN

Band = Literal["low", "medium", "high"]
BANDS: tuple[Band, ...] = ("low", "medium", "high")
ABSENT = "absent"

_SCORES = ("r_score", "f_score", "m_score")
_CUBE = {"r_score": "r_band", "f_score": "f_band", "m_score": "m_band"}


def banded(scored: ir.Table, *, levels: int = 5) -> ir.Table:
    """Add r_band, f_band, m_band and value_band to scored buyers.

    ``scored`` is what ``score`` returns, with scores from 1 to ``levels``. value_band is that of
    the three scores' sum, which runs from 3 to 3 · levels.

    Raises:
        RuleError: A score's column is missing, or there are no such levels.
    """
    require_columns(scored, _SCORES, where="scored")
    if not LEVELS_MIN <= levels <= LEVELS_MAX:
        raise RuleError(
            f"RFM scores cannot have {levels} levels", fix=f"Use {LEVELS_MIN} to {LEVELS_MAX}"
        )
    together = scored["r_score"] + scored["f_score"] + scored["m_score"] - 2
    return scored.mutate(
        **{band: _band(scored[score], levels) for score, band in _CUBE.items()},
        value_band=_band(together, 3 * levels - 2),
    )


def cube(scored: ir.Table, *, levels: int = 5) -> ir.Table:
    """Count the buyers in each of the 27 cells: every cell is there, low before high.

    Returns r_band, f_band, m_band, members, sales (decimal(18, 2)); the sums are those of all
    buyers.
    """
    require_columns(scored, ("monetary",), where="scored")
    found = banded(scored, levels=levels)
    sizes = found.group_by(*_CUBE.values()).agg(
        members=found.count(), sales=found["monetary"].sum().cast("decimal(18, 2)")
    )
    places = [(r, f, m) for r in BANDS for f in BANDS for m in BANDS]
    columns = dict(zip(_CUBE.values(), zip(*places, strict=True), strict=True))
    cells = ibis.memtable(pa.table({**columns, "position": list(range(len(places)))}))
    joined = cells.left_join(sizes, list(_CUBE.values())).order_by("position")
    return joined.select(
        *_CUBE.values(),
        members=joined["members"].fill_null(0),
        sales=joined["sales"].fill_null(0).cast("decimal(18, 2)"),
    )


def migration(before: ir.Table, after: ir.Table, *, by: str = "rfm_group") -> ir.Table:
    """Count who moved from which place to which between two dates; moves that nobody made are out.

    ``before`` and ``after`` have member_id and ``by`` (a group, a band, a stage), one row per
    member. Who is in only one of them was or is ``absent``: of RFM, did not buy in the window. The
    rows of one ``before`` add up to its members, those of one ``after`` likewise.

    Returns before, after, members.
    """
    for name, table in (("before", before), ("after", after)):
        require_columns(table, ("member_id", by), where=name)
    first = before.select("member_id", before=before[by])
    second = after.select("member_id", after=after[by])
    both = first.outer_join(second, "member_id")
    moves = both.select(
        before=both["before"].fill_null(ABSENT), after=both["after"].fill_null(ABSENT)
    )
    return moves.group_by("before", "after").agg(members=moves.count())


def _band(score: ir.Value, levels: int) -> ir.Value:
    apart = score * 2 - (levels + 1)
    return ibis.cases(
        (apart.abs() * 3 < levels, "medium"),
        (apart > 0, "high"),
        else_="low",
    )
