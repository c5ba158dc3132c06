"""Groups of members as they were found at a time."""

from __future__ import annotations

from regulars.lake.contracts.shape import Column, Contract

LOOKALIKES = Contract(
    name="lookalikes",
    owner="audiences",
    grain="one member in one expansion: of its seed, or found to be like it",
    key=("run_id", "member_id"),
    columns=(
        Column("run_id", "string", "the expansion"),
        Column("member_id", "string", "the member"),
        Column("part", "string", "seed or found"),
        Column(
            "similarity",
            "float64",
            "more typical of the seed than so many percent of the seed itself",
            unit="percent",
            nullable=True,
        ),
        Column("position", "int64", "1 is the most alike", nullable=True),
    ),
    partition=("run_id",),
    kind="log",
    source="apps.audiences",
)

CONTRACTS = (LOOKALIKES,)
