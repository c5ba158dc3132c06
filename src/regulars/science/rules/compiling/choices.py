"""Values of members, decided on the same sheet as rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.science.facts import checked_date
from regulars.science.rules.choices import Amount, Cases, Choice, rules_of
from regulars.science.rules.compiling.compile import Sheet
from regulars.science.rules.compiling.leaves import leaves_of
from regulars.science.rules.compiling.logic import combined
from regulars.science.rules.compiling.sources import Sources, Tables
from regulars.science.rules.nodes import Count, Did, Node, Sum
from regulars.science.rules.vocabulary import Vocabulary

_RATIO_PLACES = 9


def compile_choices(
    choices: Mapping[str, Choice],
    tables: Tables,
    as_of: date,
    *,
    vocabulary: Vocabulary,
    among: ir.Table | None = None,
) -> ir.Table:
    """Return ``member_id`` of every member and a column per choice, by the choices' names.

    Numbers come as float64, everything else as text. Arguments as ``compile_rules``; the rules in
    the choices are checked already.
    """
    sources = Sources(tables, vocabulary, checked_date(as_of), among)
    rules = [rule for choice in choices.values() for rule in rules_of(choice)]
    sheet = Sheet(sources, leaves_of(rules))
    return sheet.rows.select(
        "member_id", **{name: _chosen(sheet, choice) for name, choice in choices.items()}
    )


def _chosen(sheet: Sheet, choice: Choice) -> ir.Value:
    match choice:
        case Cases():
            held = [(combined(rule, sheet.decide), value) for value, rule in choice.of]
            return ibis.cases(*held, else_=ibis.literal(choice.otherwise, type="string"))
        case Amount():
            return _amount(sheet, choice)


def _amount(sheet: Sheet, amount: Amount) -> ir.Value:
    of = sheet.value(amount.of)
    if amount.per is None:
        numeric = amount.type in {"integer", "decimal", "number"}
        return of.cast("float64" if numeric else "string")
    per = sheet.value(amount.per).cast("float64").nullif(0)
    of = of.cast("float64")
    of = ibis.coalesce(of, ibis.literal(0.0)) if _may_be_none(amount.of) else of
    # So that 12.34 per 123.40 is a tenth, whatever binary fractions make of it.
    return (of / per).round(_RATIO_PLACES)


def _may_be_none(value: Node) -> bool:
    """Whether having no such facts comes to 0, and is not merely unknown."""
    return isinstance(value, Did) and isinstance(value.measure, Count | Sum)
