"""The shipped packs, installed: categories and tags from data files."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml

from regulars.apps.accounts.services.access import require
from regulars.apps.accounts.types import Actor, Capability
from regulars.apps.tags import models
from regulars.apps.tags.rules.packs import spelt_out
from regulars.apps.tags.rules.stored import from_document
from regulars.apps.tags.services.definitions import save_category, save_shipped
from regulars.apps.tags.types import TagDefinition
from regulars.lake import Lake

OWNER = "Regulars"


@dataclass(frozen=True, slots=True)
class Pack:
    """One shipped pack: its tree, as (code, Chinese, English, parent), and its tags."""

    name: str
    categories: tuple[tuple[str, str, str, str], ...]
    tags: tuple[TagDefinition, ...]


def shipped_packs() -> tuple[Pack, ...]:
    """Return the packs of this version, in the order of the tree."""
    found = [
        _pack(file.name.removesuffix(".yaml"), yaml.safe_load(file.read_text(encoding="utf-8")))
        for file in files("regulars.apps.tags").joinpath("packs").iterdir()
        if file.name.endswith(".yaml")
    ]
    return tuple(sorted(found, key=lambda pack: pack.name))


def install_packs(lake: Lake, *, actor: Actor | None = None) -> int:
    """Install the shipped packs; return how many tags are new.

    A tag that is there stays as it is, whoever has changed it. Without an actor it is the system.

    Raises:
        RefusedError: The actor may not edit tags.
    """
    if actor is not None:
        require(actor, Capability.EDIT_TAGS)
    known = set(models.TagEntry.objects.values_list("code", flat=True))
    new: list[tuple[str, int, TagDefinition]] = []
    for place, pack in enumerate(shipped_packs()):
        for n, (code, name_zh, name_en, parent) in enumerate(pack.categories):
            position = 100 * place + n
            save_category(code, name_zh=name_zh, name_en=name_en, parent=parent, position=position)
        fresh = ((n, tag) for n, tag in enumerate(pack.tags) if tag.code not in known)
        new += [(pack.name, n, tag) for n, tag in fresh]
    if new:
        save_shipped(lake, new, actor=actor)
    return len(new)


def _pack(name: str, said: dict[str, Any]) -> Pack:
    tree = [(one["code"], one["zh"], one["en"], one.get("under", "")) for one in said["categories"]]
    shared = {"owner": OWNER, "update_days": 1, "made_by": "rule", **said.get("shared", {})}
    return Pack(
        name, tuple(tree), tuple(from_document(spelt_out(shared | tag)) for tag in said["tags"])
    )
