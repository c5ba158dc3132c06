"""Whose the rows are: the distinct people of a source, collected while it streams."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regulars.apps.ingest.hooks import IDENTIFIER_SCHEMA
from regulars.apps.ingest.mapping import MemberRule
from regulars.apps.ingest.pipeline.sql import literal, quoted, sealed_connection, select
from regulars.base.errors import SourceError

# Beyond this many collected entries, equal ones are put together.
_COMPACT_ROWS = 400_000
# What a person's rows say of them besides identifiers; of several, the smallest counts.
_EXTRAS = ("joined_at", "channel", "name", "birth_date", "gender")


class Persons:
    """Gives every row a key of its person, and keeps each person's identifiers once.

    The key is a salted hash: the staged file holds it in place of a phone or a card. Memory grows
    with the people a source names, not with its rows. A person is a set of identifiers that came
    together; whether two of them are one member is for the resolver to say.
    """

    def __init__(self, rule: MemberRule | None) -> None:
        self._rule = rule
        self._sql = sealed_connection()
        self._salt = secrets.token_hex(16)
        self._people: list[pa.Table] = []
        self._visits: list[pa.Table] = []

    def add(self, persons: pa.Table, rows: pa.Table) -> pa.Array:
        """Note the persons of a batch and return each row's key; null for nobody."""
        if self._rule is None or not persons.num_rows:
            return pa.nulls(persons.num_rows, pa.int64())
        keys = self._keys(persons)
        named = persons.append_column("person", keys)
        self._people.append(self._distinct(named.filter(pc.is_valid(keys))))
        if "store_id" in rows.column_names:
            visits = pa.table({"person": keys, "store_id": rows.column("store_id")})
            visits = visits.filter(pc.is_valid(keys)).append_column(
                "visits", pa.repeat(pa.scalar(1, pa.int64()), len(keys) - keys.null_count)
            )
            self._visits.append(_counted(visits))
        self._compact()
        return keys

    def portions(self, size: int) -> Iterator[tuple[pa.Table, pa.Table]]:
        """Yield rows for the resolver (IDENTIFIER_SCHEMA) and (person, row_id), in portions.

        A portion has at most ``size`` people; all identifiers of a person are in one of them.
        """
        people = self.people()
        if len(pc.unique(people["person"])) != people.num_rows:
            raise SourceError(
                "two people of this source got the same key by chance",
                fix="Load it again: another salt is drawn each time",
            )
        stores = self._favourite_stores(people["person"])
        for start in range(0, people.num_rows, size):
            part = people.slice(start, size)
            row_ids = pa.array(np.arange(start, start + part.num_rows))
            keys = pa.table({"person": part["person"], "row_id": row_ids})
            yield self._identifiers(part, row_ids, stores.slice(start, size)), keys

    def people(self) -> pa.Table:
        """Return the distinct people: ``person`` and what the source says of each."""
        if not self._people:
            return pa.table({"person": pa.array([], pa.int64())})
        self._people = [self._distinct(pa.concat_tables(self._people)).sort_by("person")]
        return self._people[0]

    def _identifiers(self, people: pa.Table, row_ids: pa.Array, stores: pa.Array) -> pa.Table:
        assert self._rule is not None  # noqa: S101 — the caller has people
        parts = []
        for place, identifier in enumerate(self._rule.identifiers):
            values = people[f"{place}"]
            length = people.num_rows
            part = pa.table(
                [
                    row_ids,
                    pa.repeat(pa.scalar(identifier.kind), length),
                    values,
                    pa.repeat(pa.scalar(identifier.verified), length),
                    stores,
                    *(
                        self._extra(people, name, IDENTIFIER_SCHEMA.field(name).type)
                        for name in _EXTRAS
                    ),
                ],
                schema=IDENTIFIER_SCHEMA,
            )
            parts.append(part.filter(pc.is_valid(values)))
        return pa.concat_tables(parts)

    def _keys(self, persons: pa.Table) -> pa.Array:
        assert self._rule is not None  # noqa: S101 — the caller has asked
        names = [quoted(f"{place}") for place in range(len(self._rule.identifiers))]
        text = " || chr(31) || ".join([literal(self._salt), *(f"coalesce({n}, '')" for n in names)])
        nobody = " AND ".join(f"{name} IS NULL" for name in names)
        self._sql.register("persons", persons)
        # 63 bits, because a filter that DuckDB pushes into an Arrow table must fit a signed number.
        key = f"CASE WHEN {nobody} THEN NULL ELSE hash({text}) >> 1 END AS k"
        query = select([key], "persons")
        found = self._sql.execute(query).to_arrow_table().column("k").combine_chunks()
        self._sql.unregister("persons")
        return found.cast(pa.int64())

    def _distinct(self, people: pa.Table) -> pa.Table:
        assert self._rule is not None  # noqa: S101 — the caller has asked
        names = ["person", *(f"{place}" for place in range(len(self._rule.identifiers)))]
        extras = [name for name in _EXTRAS if name in people.column_names]
        found = people.group_by(names).aggregate([(name, "min") for name in extras])
        return found.rename_columns([*names, *extras]) if extras else found.select(names)

    def _extra(self, people: pa.Table, name: str, kind: pa.DataType) -> pa.ChunkedArray:
        if name in people.column_names:
            return people[name].cast(kind)
        return pa.chunked_array([pa.nulls(people.num_rows, kind)])

    def _favourite_stores(self, persons: pa.ChunkedArray) -> pa.Array:
        """The store each person came to most often; of equals, the first by name."""
        if not self._visits:
            return pa.nulls(len(persons), pa.string())
        visits = _counted(pa.concat_tables(self._visits)).sort_by(
            [("person", "ascending"), ("visits", "descending"), ("store_id", "ascending")]
        )
        first = visits.group_by("person", use_threads=False).aggregate([("store_id", "first")])
        place = pc.index_in(persons, value_set=first["person"])
        return first["store_id_first"].take(place)

    def _compact(self) -> None:
        if _is_long(self._people):
            self._people = [self._distinct(pa.concat_tables(self._people))]
        if _is_long(self._visits):
            self._visits = [_counted(pa.concat_tables(self._visits))]


def _is_long(parts: list[pa.Table]) -> bool:
    """Whether what came since the last time is much, and as much as all that came before.

    Putting equal entries together costs as much as there are: done with every batch, it would cost
    the square of the people.
    """
    fresh = sum(part.num_rows for part in parts[1:])
    return bool(fresh > max(_COMPACT_ROWS, parts[0].num_rows if parts else 0))


def _counted(visits: pa.Table) -> pa.Table:
    found = visits.group_by(["person", "store_id"]).aggregate([("visits", "sum")])
    return found.rename_columns(["person", "store_id", "visits"])
