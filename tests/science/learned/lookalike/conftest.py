"""What members bought in each category, as a feature table, and what they truly like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest

from regulars.science.simulation.lake_side import SimulatedFacts


@dataclass(frozen=True)
class Likings:
    """Features by member, and the place of each member's favourite category in the truth."""

    features: pa.Table
    favourite: dict[str, int]

    def lovers(self, category: int) -> list[str]:
        known = self.features["member_id"].to_pylist()
        return [member for member in known if self.favourite[member] == category]


@pytest.fixture(scope="package")
def likings(chain_facts: SimulatedFacts) -> Likings:
    lines, products = chain_facts.table("order_lines"), chain_facts.table("products")
    joined = lines.filter(lines["member_id"].notnull()).inner_join(products, "product_id")
    shares = joined.group_by("member_id").agg(
        lines=joined.count(),
        **{
            f"share_{place}": (joined["category"] == name).mean()
            for place, name in enumerate(sorted(set(products["category"].to_pyarrow().to_pylist())))
        },
    )
    members = chain_facts.table("members").select("member_id", "gender", "joined_on")
    features = shares.inner_join(members, "member_id").order_by("member_id").to_pyarrow()
    people = chain_facts.people.filter(chain_facts.people["is_member"])
    favourite = np.array(people["taste"].to_pylist()).argmax(axis=1)
    return Likings(features, dict(zip(people["member_id"].to_pylist(), favourite, strict=True)))
