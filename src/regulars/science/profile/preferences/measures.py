"""What each member chooses more than others do."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from regulars.science.profile.preferences.dimensions import COLUMNS, DIMENSIONS, NUMBERED

# Twice may be chance: of a thousand products somebody always happens to take one again.
TIMES_MIN = 3


def measure(counted: ir.Table, shares: ir.Table, *, index_min: float) -> ir.Table:
    """Return every member's preferences.

    ``counted`` is what `counts` returns, of some members or of all; ``shares`` what `mix` returned.
    With n of a member's N choices, the option's share p of everybody's and the strength k of the
    dimension,

        index = 100 · (n + k·p) ÷ (N + k) ÷ p

    (TGI, the member's share drawn towards everybody's). A preference has at least ``index_min`` and
    was chosen three times or more, on two days or more; of several it is the one chosen most beyond
    what everybody's share foretells, n - N·p, of equal ones the first by name. An option that is
    not among ``shares`` is compared with nothing and cannot be preferred, but its choices count.

    Returns member_id and, for each dimension, preferred_… (text; a whole number for hour and
    weekday), …_share (n ÷ N) and …_index; all null where there is no preference.
    """
    totals = counted.group_by("member_id", "dimension").agg(
        chosen=counted["times"].sum().cast("int64")
    )
    known = counted.inner_join(
        shares.select("dimension", "option", "share", "strength"), ["dimension", "option"]
    )
    known = known.filter(known["first_on"] < known["last_on"], known["times"] >= TIMES_MIN)
    known = known.inner_join(totals, ["member_id", "dimension"])
    usual, chosen, strength = known["share"], known["chosen"], known["strength"]
    told = known.mutate(
        index=100 * (known["times"] + strength * usual) / (chosen + strength) / usual,
        beyond=known["times"] - chosen * usual,
    )
    liked = told.filter(told["index"] >= index_min)
    candidate = ibis.struct({
        "short": -liked["beyond"],
        "option": liked["option"],
        "share": liked["times"] / liked["chosen"],
        "index": liked["index"],
    })  # fmt: skip
    best = liked.group_by("member_id").agg(
        **{name: candidate.min(where=liked["dimension"] == name) for name in DIMENSIONS}
    )
    everybody = totals.select("member_id").distinct()
    held = everybody.left_join(best, "member_id")
    columns: dict[str, ir.Value] = {}
    for name in DIMENSIONS:
        option = held[name]["option"]
        columns[f"preferred_{name}"] = option.cast("int64") if name in NUMBERED else option
        columns[f"{name}_share"] = held[name]["share"].cast("float64")
        columns[f"{name}_index"] = held[name]["index"].cast("float64")
    return held.select("member_id", **{name: columns[name] for name in COLUMNS})
