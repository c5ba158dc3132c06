"""What everybody's choices come to, and how alike members are."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

# Members who differ no more than by chance would have an endless strength.
_STRENGTH_MIN, _STRENGTH_MAX = 1.0, 1_000.0


def mix(counted: ir.Table) -> ir.Table:
    """Return every option's share of all choices, and each dimension's strength.

    ``counted`` is what `counts` returns, of all members. The strength is how many choices of a
    member everybody's shares weigh as much as: with p the shares, a member's own are taken for a
    draw from a Dirichlet distribution with parameters strength · p, and the strength is found by
    the method of moments (Mosimann 1962): of a member's n choices the squared distances from n · p
    add up to n (1 - Σp²) (n + strength) ÷ (1 + strength) on average.

    Returns dimension, option, times, share (0 to 1), strength (1 to 1,000).
    """
    options = counted.group_by("dimension", "option").agg(times=counted["times"].sum())
    total = options["times"].sum().over(group_by="dimension")
    shared = options.mutate(
        times=options["times"].cast("int64"), share=options["times"].cast("float64") / total
    )
    return shared.inner_join(_strengths(counted, shared), "dimension").select(
        "dimension", "option", "times", "share", "strength"
    )


def _strengths(counted: ir.Table, shared: ir.Table) -> ir.Table:
    totals = counted.group_by("dimension", "member_id").agg(
        chosen=counted["times"].sum().cast("float64")
    )
    sizes = totals.group_by("dimension").agg(
        all=totals["chosen"].sum(), squares=(totals["chosen"] ** 2).sum()
    )
    both = counted.inner_join(totals, ["dimension", "member_id"])
    both = both.inner_join(shared.select("dimension", "option", "share"), ["dimension", "option"])
    met = both.group_by("dimension").agg(
        met=(both["times"] * (both["times"] - 2 * both["chosen"] * both["share"])).sum()
    )
    even = shared.group_by("dimension").agg(even=(shared["share"] ** 2).sum())
    found = sizes.inner_join(met, "dimension").inner_join(even, "dimension")
    spread = 1 - found["even"]
    distance = found["met"] + found["squares"] * found["even"]
    strength = (found["squares"] * spread - distance) / (distance - found["all"] * spread)
    beyond_chance = distance > found["all"] * spread
    # Sums of fractions end in other digits each time; the strength decides who prefers what.
    kept = ibis.ifelse(beyond_chance, strength, _STRENGTH_MAX).clip(_STRENGTH_MIN, _STRENGTH_MAX)
    return found.select("dimension", strength=kept.round(4).cast("float64"))
