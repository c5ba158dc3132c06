"""Which encoding a text file is in: declared, or found by reading all of it."""

from __future__ import annotations

import codecs
from io import BufferedReader
from pathlib import Path

from regulars.base.errors import SourceError

_CANDIDATES = ("utf-8", "gb18030")
_CHUNK_BYTES = 1 << 20
# How gzip, zip and zstd files begin; no text does.
_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd")


def encoding_of(path: Path, *, declared: str = "") -> str:
    """Return the encoding; raise ``SourceError`` when the whole file does not decode in it.

    Undeclared, a file is UTF-8 if all of it decodes so, else GB18030, the encoding of Chinese
    spreadsheets. A byte order mark decides for itself.
    """
    with _opened(path) as file:
        head = file.read(4)
    if head.startswith(_PACKED):
        raise SourceError("the file is compressed", where=str(path), fix="Unpack it first")
    if declared:
        return _checked(path, declared)
    if head.startswith(codecs.BOM_UTF8):
        return _checked(path, "utf-8-sig")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _checked(path, "utf-16")
    for encoding in _CANDIDATES:
        if _undecodable_at(path, encoding) is None:
            return encoding
    raise SourceError(
        "the text is neither UTF-8 nor GB18030",
        where=str(path),
        fix="Declare 'encoding' in the mapping",
    )


def _checked(path: Path, encoding: str) -> str:
    try:
        byte = _undecodable_at(path, encoding)
    except LookupError as error:
        raise SourceError(f"there is no encoding {encoding!r}", where=str(path)) from error
    if byte is not None:
        raise SourceError(
            f"the text does not decode as {encoding} near byte {byte:,}",
            where=str(path),
            fix="Correct 'encoding' in the mapping, or leave it out to have it found",
        )
    return encoding


def _undecodable_at(path: Path, encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    read = 0
    with _opened(path) as file:
        while chunk := file.read(_CHUNK_BYTES):
            try:
                decoder.decode(chunk)
            except UnicodeError as error:
                return read + getattr(error, "start", 0)
            read += len(chunk)
    try:
        decoder.decode(b"", final=True)
    except UnicodeError:
        return read
    return None


def _opened(path: Path) -> BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        raise SourceError(
            f"the file cannot be opened: {error.strerror}", where=str(path)
        ) from error
