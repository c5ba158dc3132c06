"""Putting the tables back to the manifest after a writer died, failed, or tables were copied in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from regulars.base.errors import LakeError
from regulars.lake.contracts import contracts
from regulars.lake.engine import Engine, sweep_staging
from regulars.lake.storage import delta
from regulars.lake.storage.manifest import Manifest, read_manifest, write_manifest


def recovered(root: Path) -> Manifest:
    """Return the manifest after making every table equal to it. The caller holds the write lock.

    A table ahead of the manifest is restored to it; a table the manifest does not know is the
    first write of a writer that died, and is dropped. Without a manifest the tables are adopted.

    Raises:
        LakeError: A table is missing or older than the manifest says.
    """
    manifest = read_manifest(root)
    if manifest is None:
        manifest = _adopted(root)
        write_manifest(root, manifest)
        return manifest
    versions = dict(manifest.tables)
    for name, folder in _folders(root):
        held = versions.get(name)
        if held is None:
            shutil.rmtree(folder)
        elif delta.has_version(folder, held + 1):
            versions[name] = delta.restore(folder, held)
    for name, held in manifest.tables.items():
        if not delta.is_table(root / name):
            raise LakeError(
                f"the manifest names version {held} of a table that is not there",
                where=str(root / name),
                fix="Restore the lake from a backup",
            )
    if versions != manifest.tables:
        # The contents are those of the same commit, so its sequence stays.
        manifest = manifest.moved_to(versions)
        write_manifest(root, manifest)
    sweep_staging(root)
    return manifest


def needs_adoption(root: Path) -> bool:
    """Whether tables stand in the folder without a manifest: somebody copied them in."""
    return any(True for _ in _folders(root))


def _adopted(root: Path) -> Manifest:
    # A writer makes the manifest before its first table, so tables without one were copied here.
    versions = {}
    for name, folder in _folders(root):
        version = delta.latest_version(folder)
        if version is not None:
            versions[name] = version
    if not versions:
        return Manifest()
    # Numbers go on after those that member_changes already holds, so `since` keeps its meaning.
    engine = Engine(root, versions)
    engine.ensure_view("member_changes")
    held = engine.cursor().execute("SELECT max(sequence) FROM member_changes").fetchone()
    return Manifest((held[0] if held and held[0] else 0) + 1, versions, note="adopted tables")


def _folders(root: Path) -> Iterator[tuple[str, Path]]:
    # Only declared names: a stranger's folder in the lake is not ours to restore or drop.
    for declared in contracts():
        folder = root / declared.name
        if delta.is_table(folder):
            yield declared.name, folder
