"""Who is in which audience: one reading for all audiences of the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import ibis.expr.types as ir

from regulars.science.rules.compiling.sources import Sources


def audience_tables(sources: Sources, names: Mapping[str, str]) -> Iterator[ir.Table]:
    """Yield member_id and a flag per audience; ``names`` gives each audience its column."""
    if not names:
        return
    rows = sources.rows(sources.vocabulary.audience_members)
    rows = rows.filter(rows["audience_id"].isin(list(names)))
    yield rows.group_by("member_id").agg(
        **{name: (rows["audience_id"] == audience).any() for audience, name in names.items()}
    )
