"""The files of a simulation: opened once, appended to chunk by chunk, counted and fingerprinted."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from regulars.science.simulation.output.rows import content

_CHUNK_BYTES = 1 << 22


class Files:
    """Every file under a folder. Chunks must be written in their order."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._text: dict[str, IO[bytes]] = {}
        self._tables: dict[str, pq.ParquetWriter] = {}
        self.rows: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def text(self, name: str, rows: Any, *, header: str = "", encoding: str = "utf-8") -> None:
        """Append rows of text (each with its line end) to a file, which begins with the header."""
        file = self._text.get(name)
        if file is None:
            file = self._text[name] = self._path(name).open("wb")
            self.rows[name] = 0
            file.write(header.encode(encoding))
        part = content(rows)
        if encoding.startswith("utf-8"):
            file.write(part)
        else:
            file.write(str(part, "utf-8").encode(encoding))
        self.rows[name] += len(rows)

    def table(self, name: str, table: pa.Table) -> None:
        """Append rows to a Parquet file; a chunk is a row group."""
        writer = self._tables.get(name)
        if writer is None:
            writer = self._tables[name] = pq.ParquetWriter(
                self._path(name), table.schema, compression="zstd", compression_level=1
            )
            self.rows[name] = 0
        if table.num_rows:
            writer.write_table(table)
        self.rows[name] += table.num_rows

    def close(self) -> None:
        """Finish every file."""
        for file in self._text.values():
            file.close()
        for writer in self._tables.values():
            writer.close()

    def _path(self, name: str) -> Path:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def fingerprints(folder: Path, names: Mapping[str, int]) -> dict[str, dict[str, object]]:
    """Return rows, bytes and SHA-256 of every file, by name."""
    found: dict[str, dict[str, object]] = {}
    for name in sorted(names):
        digest = hashlib.sha256()
        with (folder / name).open("rb") as file:
            while part := file.read(_CHUNK_BYTES):
                digest.update(part)
        size = (folder / name).stat().st_size
        found[name] = {"rows": names[name], "bytes": size, "sha256": digest.hexdigest()}
    return found
