"""Members chosen by a rule, and the tables by which it chose them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from regulars.apps.tags.queries import definitions, inputs_of, vocabulary
from regulars.lake import Snapshot
from regulars.science.rules import Vocabulary, compile_rule, from_text, uses


@dataclass(frozen=True, slots=True)
class Chosen:
    """Member ids, and the lake's tables that decided about them."""

    members: frozenset[str]
    tables: frozenset[str] = frozenset()


def chosen_by(snapshot: Snapshot, rule: str, as_of: date) -> Chosen:
    """Return everybody for whom the rule holds; its tags count with what they are made of.

    Raises:
        RuleError: The rule does not fit.
    """
    known = vocabulary(snapshot)
    node = from_text(rule, known)
    rows = compile_rule(node, snapshot, as_of, vocabulary=known)
    used = uses(node, known)
    members = rows.select("member_id").to_pyarrow()["member_id"].to_pylist()
    return Chosen(frozenset(members), used.tables | _behind(used.tags, known))


def _behind(tags: frozenset[str], known: Vocabulary) -> frozenset[str]:
    """Return the tables that the tags, and the tags these are made of, come from."""
    by_name = {f"tag.{one.code}": one for one in definitions()} if tags else {}
    waiting, seen, tables = set(tags), set[str](), set[str]()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        for made_of in inputs_of(by_name[name], known) if name in by_name else ():
            if made_of in known.facts:
                tables.add(known.facts[made_of].table)
            elif made_of.startswith("tag."):
                waiting |= {made_of} - seen
            elif made_of in known.fields:
                tables.add(known.fields[made_of].table)
            else:
                tables.add(made_of)
    return frozenset(tables)
