"""Sequences over a timeline: one row per member and moment, one flag per step.

Of all ways to reach a step the latest is the best one: its gap to what follows is the smallest, and
the least lies between. So one look back per step, from each row to the latest row that reached the
step before, decides what a search over all pairs would.
"""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from regulars.science.rules.compiling.facts import columns_of, fact_rows, with_joining
from regulars.science.rules.compiling.logic import all_of, any_of, certain
from regulars.science.rules.compiling.sources import Sources
from regulars.science.rules.compiling.window import counts
from regulars.science.rules.nodes import BetweenDates, Sequence, SinceJoining, Step


def sequence_table(sources: Sources, sequence: Sequence, name: str) -> ir.Table:
    """Return member_id of the members that went through the sequence, and true as ``name``."""
    line = _timeline(sources, sequence)
    line = line.mutate(reached=line["step_0"])
    between: list[int] = []
    for n, step in enumerate(sequence.steps[1:], start=1):
        if step.absent:
            between.append(n)
        else:
            line = _next_reached(line, n, step, between)
            between = []
    ended = _not_followed(line, sequence, between, sources.as_of)
    return ended.select("member_id").distinct().mutate(**{name: ibis.literal(value=True)})


def _timeline(sources: Sources, sequence: Sequence) -> ir.Table:
    """Return one row per member, day and moment with flags step_0 …, numbered by ``place``."""
    numbers = range(len(sequence.steps))
    parts = []
    for name in dict.fromkeys(step.fact for step in sequence.steps):
        fact = sources.vocabulary.facts[name]
        mine = {n: step for n, step in enumerate(sequence.steps) if step.fact == name}
        asked = {column for step in mine.values() for column in columns_of(step.where)}
        rows = fact_rows(sources, fact, asked, [sequence.window])
        if isinstance(sequence.window, SinceJoining):
            rows = with_joining(sources, rows)
        flags = {
            f"step_{n}": counts(rows, fact, sequence.window, mine[n].where, sources.as_of)
            if n in mine
            else ibis.literal(value=False)
            for n in numbers
        }
        joined = {"joined_on": rows["joined_on"]} if "joined_on" in rows.columns else {}
        flagged = rows.select("member_id", "day", "moment", **joined, **flags)
        parts.append(flagged.filter(any_of([flagged[f"step_{n}"] for n in mine])))
    facts = ibis.union(*parts) if len(parts) > 1 else parts[0]
    joined = {"joined_on": facts["joined_on"].max()} if "joined_on" in facts.columns else {}
    moments = facts.group_by("member_id", "day", "moment").agg(
        **joined, **{f"step_{n}": facts[f"step_{n}"].any() for n in numbers}
    )
    order = ibis.window(group_by="member_id", order_by=["day", "moment"])
    return moments.mutate(place=ibis.row_number().over(order))


def _next_reached(line: ir.Table, n: int, step: Step, between: list[int]) -> ir.Table:
    """Let ``reached`` say which rows reach step ``n``, from rows that reached the one before."""
    before = ibis.window(group_by="member_id", order_by="place", preceding=(None, 1))
    absent = any_of([line[f"step_{one}"] for one in between])
    looked = line.mutate(
        last_place=line["place"].max(where=line["reached"]).over(before),
        last_day=line["day"].max(where=line["reached"]).over(before),
        last_absent=line["place"].max(where=absent).over(before) if between else ibis.null("int64"),
    )
    holds = [looked[f"step_{n}"], looked["last_place"].notnull()]
    if step.within_days is not None:
        gap = looked["day"].delta(looked["last_day"], unit="day")
        holds.append(certain(gap <= step.within_days))
    if between:
        clear = looked["last_absent"] <= looked["last_place"]
        holds.append(looked["last_absent"].isnull() | certain(clear))
    return looked.mutate(reached=all_of(holds)).drop("last_place", "last_day", "last_absent")


def _not_followed(line: ir.Table, sequence: Sequence, absent: list[int], as_of: date) -> ir.Table:
    """Return the rows that end the sequence: none of the absent steps follows them."""
    after = ibis.window(group_by="member_id", order_by="place", following=(1, None))
    looked = line.mutate(
        **{f"next_{n}": line["day"].min(where=line[f"step_{n}"]).over(after) for n in absent}
    )
    holds = [looked["reached"]]
    for n in absent:
        following, days = looked[f"next_{n}"], sequence.steps[n].within_days
        if days is None:
            holds.append(following.isnull())
            continue
        gap = following.delta(looked["day"], unit="day")
        holds.append(following.isnull() | certain(gap > days))
        holds.append(_days_left(looked, sequence, as_of) > days)
    return looked.filter(holds)


def _days_left(line: ir.Table, sequence: Sequence, as_of: date) -> ir.IntegerValue:
    """Return the days from a row to the end of the window, which no longer belongs to it."""
    window = sequence.window
    end = as_of
    if isinstance(window, BetweenDates):
        end = min(end, window.last + timedelta(days=1))
    left = ibis.literal(end, type="date").delta(line["day"], unit="day")
    if isinstance(window, SinceJoining) and window.days is not None:
        since = line["day"].delta(line["joined_on"], unit="day")
        return ibis.least(left, window.days - since)
    return left
