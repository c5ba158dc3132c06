"""Which mappings there are: the shipped ones by name, an installation's own in its home."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from regulars.apps.ingest.mapping.order import in_order
from regulars.apps.ingest.mapping.parse import parsed
from regulars.apps.ingest.mapping.types import Mapping
from regulars.base.errors import MappingError
from regulars.science.profile.card import group_of

# The mapping of what tills and shops post.
POSTED = "posted/orders"
SHIPPED = Path(__file__).resolve().parent.parent / "mappings"


@dataclass(frozen=True, slots=True)
class MappingFile:
    """A mapping that could be loaded: its name and its file."""

    name: str
    path: Path


def found(name: str) -> Mapping:
    """Return the mapping called ``name`` (such as complete_journey/products) or at that path.

    An installation's own mapping in ``$REGULARS_HOME/mappings`` wins over a shipped one.
    """
    path = _path(name)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(f"the mapping cannot be read: {error}", where=str(path)) from error
    file = str(path) if _is_path(name) else f"mapping {name}"
    mapping = _kept(
        text, name=name, file=file, folder=str(path.parent), brand=settings.REGULARS_BRAND
    )
    _demand_switched_on(mapping, file)
    return mapping


def members_of_set(name: str) -> tuple[Mapping, ...]:
    """Return the mappings in the folder ``name``, in the order in which they are loaded.

    Raises:
        MappingError: There is no such folder, or one of its mappings is wrong.
    """
    prefix = name.rstrip("/") + "/"
    names = [mapping.name for mapping in listed() if mapping.name.startswith(prefix)]
    if not names:
        raise MappingError(f"there is no set of mappings {name!r}", where="mappings", fix=_known())
    return in_order(found(mapping) for mapping in names)


def is_set(name: str) -> bool:
    """Whether ``name`` is a folder of mappings, and no mapping itself."""
    names = [mapping.name for mapping in listed()]
    prefix = name.rstrip("/") + "/"
    return name not in names and any(one.startswith(prefix) for one in names)


def listed() -> tuple[MappingFile, ...]:
    """Return every mapping that has a name, own ones first, each name once."""
    files: dict[str, Path] = {}
    for folder in (_own(), SHIPPED):
        for path in sorted(folder.rglob("*.yaml")):
            files.setdefault(path.relative_to(folder).with_suffix("").as_posix(), path)
    return tuple(MappingFile(name, path) for name, path in files.items())


def _demand_switched_on(mapping: Mapping, file: str) -> None:
    """Refuse attributes that need a consent of their own where nobody decided to ask for it."""
    for target in mapping.attributes:
        group = group_of(target.name)
        if group is not None and group not in settings.REGULARS_TOLD_GROUPS:
            raise MappingError(
                f"{target.name} needs a consent of its own (PIPL 28-30) and is not loaded",
                where=f"{file}: attributes.{target.name}",
                fix=f"Leave it out, or set REGULARS_TOLD_GROUPS={group} if members are asked",
            )


def _path(name: str) -> Path:
    if _is_path(name):
        return Path(name)
    for mapping in listed():
        if mapping.name == name:
            return mapping.path
    raise MappingError(f"there is no mapping {name!r}", where="mappings", fix=_known())


def _known() -> str:
    return f"Known: {', '.join(mapping.name for mapping in listed())}"


def _is_path(name: str) -> bool:
    return name.endswith((".yaml", ".yml"))


def _own() -> Path:
    return Path(settings.REGULARS_HOME) / "mappings"


# Pages ask for every mapping each time: a text that did not change is not parsed again.
_kept = lru_cache(maxsize=256)(parsed)
