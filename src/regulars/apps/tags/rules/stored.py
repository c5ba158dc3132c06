"""Definitions as JSON documents, kept with a version, read from a pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields
from typing import Any, TypeVar

from regulars.apps.tags.types import (
    BucketSpec,
    Derivation,
    MadeBy,
    ModelSpec,
    Origin,
    TagDefinition,
    ValueSpec,
    ValueType,
)
from regulars.base.errors import RuleError

T = TypeVar("T")
_KINDS: Mapping[str, Any] = {
    "made_by": MadeBy,
    "value_type": ValueType,
    "origin": Origin,
    "derivation": Derivation,
}


def to_document(definition: TagDefinition) -> dict[str, Any]:
    """Return the definition as plain values; what is at its default is left out."""
    plain = asdict(definition)
    for one in fields(TagDefinition):
        if one.default is not MISSING and plain[one.name] == one.default:
            del plain[one.name]
    return {key: _plain(value) for key, value in plain.items()}


def from_document(document: Mapping[str, Any]) -> TagDefinition:
    """Return the definition of a document.

    Raises:
        RuleError: It has an unknown key, lacks one that must be there, or says an unknown kind.
    """
    where = f"tag {document.get('code', '?')}"
    given = dict(document)
    for key, kind in _KINDS.items():
        if key in given:
            try:
                given[key] = kind(given[key])
            except ValueError:
                said = ", ".join(kind.values)
                raise RuleError(
                    f"{key} cannot be {given[key]!r}", where=where, fix=f"One of {said}"
                ) from None
    for key, part in (("values", ValueSpec), ("buckets", BucketSpec)):
        if key in given:
            given[key] = tuple(_made(part, one, f"{where}, {key}") for one in given[key])
    if given.get("model") is not None:
        given["model"] = _made(ModelSpec, given["model"], f"{where}, model")
    return _made(TagDefinition, given, where)


def _plain(value: Any) -> Any:
    """Return the value as JSON gives it back."""
    if isinstance(value, tuple):
        return [dict(one) for one in value]
    return str(value) if isinstance(value, str) else value


def _made(part: type[T], given: Mapping[str, Any], where: str) -> T:
    declared = {one.name: one for one in fields(part)}  # type: ignore[arg-type]  # dataclasses only
    unknown = sorted(set(given) - set(declared))
    if unknown:
        raise RuleError(f"unknown key {', '.join(unknown)}", where=where)
    missing = [
        name for name, one in declared.items() if one.default is MISSING and name not in given
    ]
    if missing:
        raise RuleError(f"{', '.join(missing)} is missing", where=where)
    return part(**given)
