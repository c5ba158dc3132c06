"""Tables kept on the engine while features are computed, so that nothing is read twice.

What a producer says is written in Ibis, and compiled once: its tables have the same names from one
refresh to the next, so that the SQL of a step is the same too. The steps between, which are the
same for every producer, are plain SQL: to compile them would cost more than to run them.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import ibis.expr.operations as ops
import ibis.expr.schema as sch
import ibis.expr.types as ir
import pyarrow as pa

from regulars.lake import Snapshot
from regulars.science.producers.producer import Producer

Build = Callable[..., ir.Table]


@dataclass(frozen=True, slots=True)
class Compiled:
    """SQL, what its rows look like, and which of the lake's tables it reads."""

    query: str
    schema: sch.Schema
    reads: tuple[str, ...]


class WorkTables:
    """Passing tables and views of one snapshot's connection, each called after a step.

    ``producer`` is whose steps they are, None where no step needs compiling.
    """

    def __init__(self, snapshot: Snapshot, producer: Producer | None = None) -> None:
        self.snapshot = snapshot
        # Two of a name may run other code, as one made to fail does.
        self._owner = producer and (type(producer), producer.name, producer.fingerprint)
        self._made: list[tuple[str, str]] = []
        taken = _PLACES.setdefault(snapshot, set())
        name = "all" if producer is None else producer.name
        places = (name if n == 0 else f"{name}/{n}" for n in itertools.count())
        self._place = next(place for place in places if place not in taken)
        taken.add(self._place)

    def keep(self, step: str, build: Build, *given: object, **named: object) -> ir.Table:
        """Compute the rows that ``build`` says now and return them as a table; see ``compiled``."""
        compiled = self.compiled(step, build, *given, **named)
        return self.keep_query(step, compiled.query, compiled.schema)

    def compiled(self, step: str, build: Build, *given: object, **named: object) -> Compiled:
        """Return SQL for the rows that ``build`` returns when it is given these.

        It is asked once per process, and again only when it is given something else. So the rows
        may depend on nothing but what is given, the producer and the shape of the lake's tables.
        Tables are given as tables kept or viewed here; other things can be hashed.
        """
        key = (self._owner, step, _known_by(given), _known_by(named))
        known = _COMPILED.get(key)
        if known is None:
            rows = build(*given, **named)
            query = str(self.snapshot.connection.compile(rows))
            tables = (table.name for table in rows.op().find(ops.DatabaseTable))
            read = tuple(sorted(name for name in tables if not name.startswith(_PREFIX)))
            known = Compiled(query, rows.schema(), read)
            _COMPILED.keep(key, known)
        for name in known.reads:
            self.snapshot.table(name)  # a snapshot knows the tables it was asked for
        return known

    def keep_query(self, step: str, query: str, schema: sch.Schema) -> ir.Table:
        """Compute the query's rows now; ``schema`` is what they look like."""
        return self._make("TABLE", step, query, schema)

    def keep_rows(self, step: str, rows: pa.Table, schema: sch.Schema) -> ir.Table:
        """Keep rows that come from elsewhere."""
        connection, arriving = self.snapshot.connection.con, f"{self.kept_name(step)} arriving"
        connection.register(arriving, rows)
        try:
            return self.keep_query(step, f'SELECT * FROM "{arriving}"', schema)
        finally:
            connection.unregister(arriving)

    def kept_name(self, step: str) -> str:
        """Return the engine's name for what a step keeps."""
        return f"{_PREFIX}{self._place}/{step}"

    def view(self, step: str, query: str, schema: sch.Schema) -> ir.Table:
        """Give the query a name; it is computed where it is read."""
        return self._make("VIEW", step, query, schema)

    def together(self, step: str, one: ir.Table, other: ir.Table, names: Sequence[str]) -> ir.Table:
        """Return these columns of the rows of two kept tables or views."""
        selected = (f'SELECT {columns(names)} FROM "{rows.get_name()}"' for rows in (one, other))
        schema = one.schema()
        return self.view(
            step, " UNION ALL ".join(selected), sch.Schema({name: schema[name] for name in names})
        )

    def count(self, rows: ir.Table) -> int:
        """Return how many rows a kept table or view has."""
        return int(self.query(f'SELECT count(*) FROM "{rows.get_name()}"').fetchone()[0])

    def row(self, rows: ir.Table) -> dict[str, Any]:
        """Return the only row of a kept table."""
        found: list[dict[str, Any]] = (
            self.query(f'SELECT * FROM "{rows.get_name()}"').to_arrow_table().to_pylist()
        )
        return found[0]

    def query(self, query: str) -> Any:
        """Run SQL over the snapshot's tables and those kept."""
        return self.snapshot.connection.raw_sql(query)

    def drop(self) -> None:
        """Free what was kept; a view goes before what it reads."""
        while self._made:
            kind, name = self._made.pop()
            self.query(f'DROP {kind} IF EXISTS "{name}"')
        # What could not be dropped keeps its names.
        _PLACES[self.snapshot].discard(self._place)

    def _make(self, kind: str, step: str, query: str, schema: sch.Schema) -> ir.Table:
        connection, name = self.snapshot.connection, self.kept_name(step)
        self._made.append((kind, name))
        # Ibis' own create_table calls what DuckDB has deprecated.
        connection.raw_sql(f'CREATE OR REPLACE TEMP {kind} "{name}" AS {query}')
        return ops.DatabaseTable(name=name, schema=schema, source=connection).to_expr()


@contextmanager
def work_tables(snapshot: Snapshot, producer: Producer | None = None) -> Iterator[WorkTables]:
    """Offer work tables that go with the block."""
    work = WorkTables(snapshot, producer)
    try:
        yield work
    finally:
        work.drop()


def columns(names: Iterable[str]) -> str:
    """Return column names as SQL."""
    return ", ".join(f'"{name}"' for name in names)


def _known_by(given: object) -> Hashable:
    """Return what tells one given thing from another: of a table its name and shape."""
    if isinstance(given, ir.Table):
        return given.get_name(), given.schema()
    if isinstance(given, Mapping):
        return tuple((name, _known_by(one)) for name, one in sorted(given.items()))
    if isinstance(given, tuple):
        return tuple(_known_by(one) for one in given)
    if not isinstance(given, Hashable):
        raise TypeError(f"a step is given what cannot be compared later: {given!r}")
    return given


class _Compilations:
    """What was compiled in this process; what was longest not asked for goes first."""

    _MOST = 2_000  # some hundred producers with their steps, as of two dates

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[Hashable, Compiled] = {}

    def get(self, key: Hashable) -> Compiled | None:
        with self._lock:
            found = self._held.pop(key, None)
            if found is not None:
                self._held[key] = found
            return found

    def keep(self, key: Hashable, compiled: Compiled) -> None:
        with self._lock:
            while len(self._held) >= self._MOST:
                self._held.pop(next(iter(self._held)))
            self._held[key] = compiled


_PREFIX = "work/"
_COMPILED = _Compilations()
# Several may work on one connection at a time, two for one producer only by way of exception.
_PLACES: WeakKeyDictionary[Snapshot, set[str]] = WeakKeyDictionary()
