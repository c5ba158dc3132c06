"""What libraries throw, in the house's own words."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from regulars.apps.ingest.readers import said
from regulars.base.errors import LakeError, SourceError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL_WORDS = ("no space left", "file too large", "disk full", "disk quota", "not enough space")


@contextmanager
def translated() -> Iterator[None]:
    """Raise errors of the disk and of the engines as ``LakeError`` or ``SourceError``."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL or _sounds_full(error):
            raise _full(error) from error
        raise SourceError(
            f"a file cannot be read or written: {error.strerror or error}",
            where=str(error.filename or ""),
        ) from error
    except (duckdb.Error, pa.ArrowException) as error:
        if _sounds_full(error):
            raise _full(error) from error
        raise LakeError(
            f"the rows cannot be processed: {said(error)}",
            fix="Nothing was loaded; report this with the mapping",
        ) from error


def _sounds_full(error: Exception) -> bool:
    return any(words in str(error).lower() for words in _FULL_WORDS)


def _full(error: Exception) -> LakeError:
    return LakeError(
        f"the disk is full ({said(error)})",
        fix="Nothing was loaded. Make room under REGULARS_HOME and load again",
    )
