"""The manifest: which version of every table belongs together.

``_manifest.json`` in the lake's folder is the lake's only commit record. It is replaced by one
atomic rename, so a reader sees all tables of a commit or none of them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from regulars.base.errors import LakeError
from regulars.base.ids import new_id

FILE_NAME = "_manifest.json"
_TEMPORARY_NAME = "_manifest.json.tmp"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """One commit of the lake: its sequence number and each table's Delta version.

    ``commit_id`` tells it from the commit of the same number in a lake made anew at the same place.
    """

    sequence: int = 0
    tables: Mapping[str, int] = field(default_factory=dict)
    commit_id: str = field(default_factory=lambda: new_id("c"))
    note: str = ""

    def moved_to(self, versions: Mapping[str, int]) -> Manifest:
        """Return the same commit when its content stands in other versions."""
        return replace(self, tables=dict(versions))


def read_manifest(root: Path) -> Manifest | None:
    """Return the current manifest, or None when the lake has never been written.

    Raises:
        LakeError: The file is there and cannot be read as a manifest.
    """
    path = root / FILE_NAME
    try:
        content = json.loads(path.read_bytes())
        if content["format"] != _FORMAT:
            raise LakeError(
                f"the manifest has format {content['format']}, this version knows {_FORMAT}",
                where=str(path),
                fix="Upgrade Regulars",
            )
        tables = {str(name): int(version) for name, version in content["tables"].items()}
        return Manifest(
            int(content["sequence"]), tables, str(content["commit_id"]), str(content["note"])
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise LakeError(
            f"the manifest cannot be read: {error}",
            where=str(path),
            fix="Restore the lake from a backup, or delete this file to adopt the tables",
        ) from error


def write_manifest(root: Path, manifest: Manifest) -> None:
    """Replace the manifest in one step that a crash or a full disk cannot split."""
    temporary = root / _TEMPORARY_NAME
    content = {
        "format": _FORMAT,
        "sequence": manifest.sequence,
        "commit_id": manifest.commit_id,
        "note": manifest.note,
        "tables": dict(sorted(manifest.tables.items())),
    }
    try:
        with temporary.open("w", encoding="utf-8") as stream:
            json.dump(content, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(root / FILE_NAME)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(root)


def sync_folder(folder: Path) -> None:
    """Make the folder's entries (new files, renames) survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
