"""Of many members a churn model learns from the first by id, and from no others."""

from __future__ import annotations

from regulars.science.learned import churn
from regulars.science.learned.churn.sample import some_members
from regulars.science.simulation.lake_side import SimulatedFacts

MOST = 300


def test_the_first_members_and_all_their_facts(chain_facts: SimulatedFacts) -> None:
    buyers = set(chain_facts.tables["orders"]["member_id"].to_pylist()) - {None}
    first = set(sorted(buyers)[:MOST])
    cut = some_members(chain_facts, members_max=MOST)
    for name in churn.FACTS:
        whole = chain_facts.tables[name]["member_id"].to_pylist()
        kept = cut.table(name).select("member_id").to_pyarrow()["member_id"].to_pylist()
        last = max(first)
        assert sorted(kept) == sorted(one for one in whole if one is not None and one <= last)
    assert set(cut.table("orders").to_pyarrow()["member_id"].to_pylist()) == first


def test_fewer_members_are_all_read(chain_facts: SimulatedFacts) -> None:
    assert some_members(chain_facts) is chain_facts
