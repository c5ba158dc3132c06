"""Attributes, features and tags as columns: one reading per table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import ibis
import ibis.expr.types as ir

from regulars.science.rules.compiling.questions import ENGINE_TYPES
from regulars.science.rules.compiling.sources import Sources, only_of
from regulars.science.rules.vocabulary import Field


def value_tables(sources: Sources, names: Mapping[str, str]) -> Iterator[ir.Table]:
    """Yield tables of member_id and values; ``names`` gives each field its column."""
    groups: dict[tuple[str, str, str], list[Field]] = {}
    for name in names:
        field = sources.vocabulary.fields[name]
        picks = field.only[0] if field.only else ""
        groups.setdefault((field.table, field.dated, picks), []).append(field)
    for (table, dated, picks), fields in groups.items():
        rows = sources.rows(table)
        if dated:
            rows = rows.filter(rows[dated] == sources.day())
        if not picks:
            yield rows.select("member_id", **{names[one.name]: typed(rows, one) for one in fields})
            continue
        wanted = [one.only[1] for one in fields if one.only]
        rows = rows.filter(rows[picks].isin(wanted))
        yield rows.group_by("member_id").agg(
            **{
                names[one.name]: typed(rows, one).max(where=rows[picks] == one.only[1])
                for one in fields
                if one.only
            }
        )


def everybodys_values(sources: Sources, name: str) -> ir.Table:
    """Return member_id and ``value`` of all members that have one, whoever is asked for."""
    everybody = Sources(sources.tables, sources.vocabulary, sources.as_of)
    (values,) = value_tables(everybody, {name: "value"})
    return only_of(values.filter(values["value"].notnull()), everybody.everybody())


def typed(rows: ir.Table, field: Field) -> ir.Value:
    """Return the field's column as its type; what is no such value is missing."""
    value = rows[field.column]
    if value.type().is_string() and field.type != "text":
        cast = value.try_cast(ENGINE_TYPES[field.type])
        if field.type == "integer":
            # An engine would round 1.5, which is not a whole number.
            whole = value.re_search(r"^-?[0-9]+$")
            value = ibis.ifelse(whole, cast, ibis.null("int64"))
        else:
            value = cast
    if field.type == "number":
        value = ibis.ifelse(value.isnan(), ibis.null("float64"), value)
    return value
