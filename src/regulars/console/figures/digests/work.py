"""Results kept on the engine between two steps, so that no step is computed twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, cast

import ibis.expr.operations as ops

from regulars.base.ids import new_id
from regulars.lake.storage.sql import quoted, text

if TYPE_CHECKING:
    from types import TracebackType

    import ibis
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend


class WorkTables:
    """Passing tables of one connection; they go when the block ends."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self._names: list[str] = []

    def keep(self, rows: ir.Table) -> ir.Table:
        """Compute the rows now and return a table that holds them."""
        name = new_id("work_")
        # Ibis' own create_table calls what DuckDB has deprecated.
        self.backend.raw_sql(f'CREATE TEMP TABLE "{name}" AS {self.backend.compile(rows)}')
        self._names.append(name)
        return ops.DatabaseTable(name=name, schema=rows.schema(), source=self.backend).to_expr()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for name in self._names:
            self.backend.raw_sql(f'DROP TABLE "{name}"')


def backend_of(rows: ir.Table) -> Backend:
    """Return the connection the rows are read through."""
    return cast("Backend", rows.get_backend())


def opened(backend: Backend, path: str, schema: ibis.Schema) -> ir.Table:
    """Return the Parquet file as a table of this connection."""
    backend.raw_sql(
        f"CREATE TEMP VIEW IF NOT EXISTS {quoted(path)} AS FROM read_parquet({text(path)})"
    )
    return ops.DatabaseTable(name=path, schema=schema, source=backend).to_expr()
