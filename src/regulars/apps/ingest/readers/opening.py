"""From a mapping's place to the reader of its format, and the fingerprint of what it reads."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from glob import glob
from importlib.util import find_spec
from pathlib import Path

from regulars.apps.ingest.mapping import Mapping, Place
from regulars.apps.ingest.readers.batch import Reader
from regulars.apps.ingest.readers.database import QueryReader
from regulars.apps.ingest.readers.delimited import DelimitedReader
from regulars.apps.ingest.readers.jsonlines import JsonLinesReader
from regulars.apps.ingest.readers.parquet import ParquetReader
from regulars.apps.ingest.readers.sheets import SheetReader
from regulars.base.errors import SourceError

_FILES_MAX = 10_000
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """An opened source: its reader, what people call it, and its files (none for a query)."""

    reader: Reader
    name: str
    files: tuple[Path, ...]

    def content_hash(self) -> str:
        """Return the SHA-256 of the files' bytes; empty for a query, whose rows may change."""
        if not self.files:
            return ""
        digest = hashlib.sha256()
        for path in self.files:
            try:
                with path.open("rb") as file:
                    while chunk := file.read(_CHUNK_BYTES):
                        digest.update(chunk)
            except OSError as error:
                raise SourceError(
                    f"the file cannot be read: {error.strerror}", where=str(path)
                ) from error
        return digest.hexdigest()


def opened(mapping: Mapping, path: str = "") -> Source:
    """Return the mapping's source, or the same format at another ``path``."""
    place = mapping.place
    if place.format == "sql":
        if path:
            raise SourceError("a query has no path", where=mapping.name)
        return Source(QueryReader(place.query, url_env=place.url_env), place.url_env, ())
    if place.format == "posted":
        raise SourceError(
            "there is nothing to load: what is posted lands by itself",
            where=f"mapping {mapping.name}",
            fix="The worker that `regulars up` starts lands it within seconds",
        )
    files = _matching(Path(path), pattern=path) if path else declared_files(mapping)
    _check_files(files)
    name = files[0].name if len(files) == 1 else f"{files[0].name} + {len(files) - 1}"
    return Source(_reader(place, files), name, files)


def _reader(place: Place, files: Sequence[Path]) -> Reader:
    if place.format == "parquet":
        return ParquetReader(files)
    if place.format == "jsonl":
        return JsonLinesReader(files, encoding=place.encoding)
    if place.format == "xlsx":
        return SheetReader(files, sheet=place.sheet, header_row=place.header_row)
    return DelimitedReader(files, delimiter=place.delimiter, encoding=place.encoding)


def declared_files(mapping: Mapping, *, folder: str = "") -> tuple[Path, ...]:
    """Return the files the mapping names, in order; ``folder`` stands in for the mapping's own.

    Raises:
        SourceError: There are none.
    """
    place = mapping.place
    if not place.package:
        path = Path(folder or mapping.folder) / place.path
        return _matching(path, pattern=str(path))
    # Found, not imported: only its files are of interest.
    spec = find_spec(place.package)
    if spec is None or not spec.submodule_search_locations:
        raise SourceError(
            f"the package {place.package} is not installed",
            where=f"mapping {mapping.name}",
            fix="pip install 'regulars[demo]'",
        )
    path = Path(spec.submodule_search_locations[0]) / place.path
    return _matching(path, pattern=str(path))


def _matching(path: Path, *, pattern: str) -> tuple[Path, ...]:
    files = (
        (path,)
        if path.exists()
        else tuple(
            Path(name)
            for name in sorted(glob(pattern))  # noqa: PTH207 — a pattern may be absolute
        )
    )
    if not files:
        raise SourceError("there is no such file", where=pattern, fix="Check the path")
    if len(files) > _FILES_MAX:
        raise SourceError(f"more than {_FILES_MAX:,} files match", where=pattern)
    return files


def _check_files(files: Sequence[Path]) -> None:
    for file in files:
        if not file.is_file():
            raise SourceError("this is not a file", where=str(file))
        if file.stat().st_size == 0:
            raise SourceError("the file is empty", where=str(file), fix="Export it again")
