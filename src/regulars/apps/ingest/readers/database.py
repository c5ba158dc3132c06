"""A query of a database, as text, streamed by the server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from regulars.apps.ingest.readers.batch import BATCH_ROWS, Batch, check_columns, text_batch
from regulars.apps.ingest.readers.plain import plain, said
from regulars.base import environment
from regulars.base.errors import ConfigurationError, SourceError


class QueryReader:
    """Reads one SELECT through SQLAlchemy; the URL stands in an environment variable."""

    def __init__(self, query: str, *, url_env: str) -> None:
        self._query = query
        self._url_env = url_env

    def columns(self) -> None:
        """Return None: the query's result tells."""
        return

    def rows_total(self) -> int | None:
        """Return None: only reading tells."""
        return None

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """Yield the rows of the query."""
        engine = self._engine()
        try:
            with engine.connect() as connection:
                result = connection.execution_options(
                    stream_results=True, yield_per=BATCH_ROWS
                ).execute(text(self._query))
                names = list(result.keys())
                check_columns(columns, names, where=self._url_env)
                places = [names.index(name) for name in columns]
                number = 1
                for part in result.partitions(BATCH_ROWS):
                    rows = [[plain(row[place]) for place in places] for row in part]
                    numbers = pa.array(range(number, number + len(rows)), pa.int64())
                    number += len(rows)
                    yield Batch(text_batch(columns, rows), numbers)
        except SQLAlchemyError as error:
            raise self._failed(error) from None
        finally:
            engine.dispose()

    def _engine(self) -> Engine:
        try:
            url = environment.text(self._url_env)
        except ConfigurationError as error:
            raise SourceError(
                f"{self._url_env} is not set",
                where=self._url_env,
                fix="Put the database's URL there, such as postgresql+psycopg://user@host/name",
            ) from error
        try:
            return create_engine(make_url(url))
        except (ArgumentError, SQLAlchemyError, ImportError) as error:
            raise self._failed(error) from None

    def _failed(self, error: Exception) -> SourceError:
        """Say what the database said, without the URL and the password in it."""
        secret = environment.text(self._url_env)
        cause = getattr(error, "orig", None)
        line = said(cause) if isinstance(cause, BaseException) else type(error).__name__
        line = line.replace(secret, self._url_env)
        try:
            password = make_url(secret).password
        except ArgumentError:
            password = None
        if password:
            line = line.replace(str(password), "…")
        return SourceError(f"the database answered: {line}", where=self._url_env)
