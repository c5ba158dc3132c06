"""The tags of all members, or of some, as one table on the snapshot's engine.

Rules are decided level by level, each level in one reading of the tables it asks. Everybody is
decided in parts of so many members, so that memory follows the part and not the brand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import ibis.expr.schema as sch
import ibis.expr.types as ir
import pyarrow as pa

from regulars.base.errors import RuleError
from regulars.lake import Snapshot
from regulars.science.producers.work import WorkTables
from regulars.science.rules import Cases, Choice, Tables, Vocabulary, compile_choices
from regulars.science.tags.parts import member_parts
from regulars.science.tags.rules import TABLE, TagRule
from regulars.science.tags.sql import query_values


@dataclass(frozen=True, slots=True)
class Asked:
    """What the members are asked: as of when, in which words, and a key of all rules together."""

    as_of: date
    vocabulary: Vocabulary
    fingerprint: str


def decide(
    work: WorkTables,
    levels: Sequence[Sequence[TagRule]],
    asked: Asked,
    *,
    step: str,
    among: ir.Table | None = None,
    errors: dict[str, str],
) -> ir.Table:
    """Return a kept table of member_id and a column per tag, for all members or those ``among``.

    ``among`` is a kept table with member_id. A query that fails leaves the values its tag had, and
    its error by the tag's code in ``errors``.
    """
    tags = [tag for level in levels for tag in level]
    for tag in (tag for tag in tags if tag.query):
        _ask(work, tag, asked, among=among, errors=errors)
    shape = {"member_id": "string", **{tag.code: _type(tag) for tag in tags}}
    named = ", ".join(f'NULL::{_sql_type(tag)} AS "{tag.code}"' for tag in tags)
    empty = f"SELECT NULL::VARCHAR AS member_id, {named} WHERE false"
    decided = work.keep_query(step, empty, sch.Schema(shape))
    for members in member_parts(work, among):
        rows = _decided_part(work, levels, asked, members, step=step)
        work.query(f'INSERT INTO "{decided.get_name()}" BY NAME {rows}')
    return decided


def _decided_part(
    work: WorkTables, levels: Sequence[Sequence[TagRule]], asked: Asked, members: str, *, step: str
) -> str:
    """Return SQL for the part's rows, over tables that hold until the next part."""
    people = work.keep_query(f"{step} part", members, sch.Schema({"member_id": "string"}))
    query = _given_values(work, [tag for level in levels for tag in level], people)
    shape = {"member_id": "string"}
    for n, level in enumerate(levels):
        chosen = {tag.code: tag.choice for tag in level if tag.choice is not None}
        tables: Tables = work.snapshot
        held: ir.Table | None = None
        if n:
            held = work.keep_query(f"{step} level {n}", query, sch.Schema(shape))
            query, tables = f'SELECT * FROM "{held.get_name()}"', _Overlaid(work.snapshot, held)
        shape |= {tag.code: _type(tag) for tag in level}
        if chosen:
            rules = _rules(work, chosen, tables, asked, people, held)
            typed = ", ".join(
                f'r."{tag.code}"::{_sql_type(tag)} AS "{tag.code}"'
                for tag in level
                if tag.choice is not None
            )
            query = f"SELECT h.*, {typed} FROM ({query}) h LEFT JOIN ({rules}) r USING (member_id)"
    return query


def _rules(
    work: WorkTables,
    chosen: dict[str, Choice],
    tables: Tables,
    asked: Asked,
    people: ir.Table,
    held: ir.Table | None,
) -> str:
    def build(_fingerprint: str, _codes: tuple[str, ...], *_shapes: object) -> ir.Table:
        return compile_choices(
            chosen, tables, asked.as_of, vocabulary=asked.vocabulary, among=people
        )

    codes, key = tuple(chosen), f"{asked.fingerprint} {asked.as_of}"
    shapes = (people,) if held is None else (people, held)
    return work.compiled("tags", build, key, codes, *shapes).query


def _given_values(work: WorkTables, tags: Sequence[TagRule], people: ir.Table) -> str:
    """Return SQL for member_id and the tags that no rule decides."""
    joins, selected = [f'"{people.get_name()}" AS m'], ["m.member_id"]
    for n, tag in enumerate(tag for tag in tags if tag.query):
        name = work.kept_name(f"sql {tag.code}")
        joins.append(f'LEFT JOIN "{name}" AS q{n} USING (member_id)')
        selected.append(f'q{n}.value AS "{tag.code}"')
    assigned = [tag for tag in tags if tag.assigned]
    if assigned:
        work.snapshot.table("tag_assignments")  # a snapshot knows the tables it was asked for
        last = ", ".join(
            f"try_cast(last(value ORDER BY assigned_at, assignment_id) "
            f"FILTER (tag = '{tag.code}') AS {_sql_type(tag)}) AS \"{tag.code}\""
            for tag in assigned
        )
        joins.append(
            f"LEFT JOIN (SELECT member_id, {last} FROM tag_assignments "
            f'SEMI JOIN "{people.get_name()}" USING (member_id) GROUP BY member_id) AS a '
            "USING (member_id)"
        )
        selected += [f'a."{tag.code}"' for tag in assigned]
    return f"SELECT {', '.join(selected)} FROM {' '.join(joins)}"


def _ask(
    work: WorkTables,
    tag: TagRule,
    asked: Asked,
    *,
    among: ir.Table | None,
    errors: dict[str, str],
) -> None:
    members: pa.Table | None = None
    if among is not None:
        members = work.query(f'SELECT member_id FROM "{among.get_name()}"').to_arrow_table()
    try:
        found = query_values(
            work.snapshot, tag.query, asked.as_of, numeric=tag.numeric, members=members
        )
    except RuleError as error:
        errors[tag.code] = str(error)
        found = _values_before(work.snapshot, tag)
    kind = "float64" if tag.numeric else "string"
    work.keep_rows(f"sql {tag.code}", found, sch.Schema({"member_id": "string", "value": kind}))


def _values_before(snapshot: Snapshot, tag: TagRule) -> pa.Table:
    value = f'"{tag.code}"' if tag.code in snapshot.columns(TABLE) else "NULL"
    snapshot.table(TABLE)
    query = f"SELECT member_id, {value}::{_sql_type(tag)} AS value FROM {TABLE}"
    rows: pa.Table = snapshot.connection.con.execute(query).to_arrow_table()
    return rows


def _type(tag: TagRule) -> str:
    return "float64" if tag.numeric else "string"


def _sql_type(tag: TagRule) -> str:
    """Return the engine's type of the column: known values take a byte each, not sixteen."""
    if tag.numeric:
        return "DOUBLE"
    if not isinstance(tag.choice, Cases):
        return "VARCHAR"
    values = dict.fromkeys(value for value, _rule in tag.choice.of)
    if tag.choice.otherwise is not None:
        values[tag.choice.otherwise] = None
    return "ENUM(" + ", ".join("'" + value.replace("'", "''") + "'" for value in values) + ")"


@dataclass(frozen=True, slots=True)
class _Overlaid:
    """The snapshot's tables, with the tags decided so far in place of those of the last run."""

    snapshot: Snapshot
    held: ir.Table

    def table(self, name: str) -> ir.Table:
        return self.held if name == TABLE else self.snapshot.table(name)
