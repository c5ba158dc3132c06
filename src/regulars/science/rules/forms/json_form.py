"""Rules as JSON: ``{"version": 1, "rule": {"kind": …}}``.

The keys of a part are the fields of its class; optional ones that are empty are left out. Dates and
decimals are texts. Reading is strict: an unknown version, kind or key raises with its path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, cast, get_args, get_origin, get_type_hints

from regulars.base.errors import RuleError
from regulars.science.rules.checking import checked
from regulars.science.rules.limits import DEPTH_MAX
from regulars.science.rules.nodes import (
    MEASURES,
    NODES,
    TESTS,
    WINDOWS,
    Measure,
    Node,
    Step,
    Test,
    Window,
)
from regulars.science.rules.vocabulary import Vocabulary

VERSION = 1
_FAMILIES: Mapping[type, tuple[type, ...]] = {
    Node: NODES,
    Test: TESTS,
    Window: WINDOWS,
    Measure: MEASURES,
}


def to_json(rule: Node) -> dict[str, Any]:
    """Return the rule as a document of dicts, lists, texts, numbers and booleans."""
    return {"version": VERSION, "rule": _written(rule)}


def from_json(document: object, vocabulary: Vocabulary) -> Node:
    """Return the rule of a document, checked against the vocabulary.

    Raises:
        RuleError: The document is not a rule of this version, or does not fit the vocabulary;
            ``where`` is the path, such as ``rule.of[1].test.value``.
    """
    if not isinstance(document, Mapping) or set(document) != {"version", "rule"}:
        raise RuleError("a rule is an object with the keys version and rule", where="document")
    version = document["version"]
    if version is True or version != VERSION:
        raise RuleError(
            f"rules of version {version!r} are unknown", where="version", fix=f"Use {VERSION}"
        )
    return checked(cast("Node", _part(document["rule"], Node, "rule", 1)), vocabulary)


def _written(part: object) -> Any:
    match part:
        case Node() | Test() | Window() | Measure():
            return {"kind": part.kind, **_keys(part)}
        case Step():
            return _keys(part)
        case tuple():
            return [_written(one) for one in part]
        case date():
            return part.isoformat()
        case Decimal():
            return format(part, "f")
    return part


def _keys(part: object) -> dict[str, Any]:
    declared: tuple[Field[Any], ...] = fields(cast("Any", part))
    values = {one.name: getattr(part, one.name) for one in declared}
    return {
        one.name: _written(values[one.name])
        for one in declared
        if one.default is MISSING or values[one.name] != one.default
    }


def _part(document: object, family: type, where: str, depth: int) -> object:
    """Return the part of a family that an object describes; values stay as they come."""
    # The check counts exactly; here a document must not outrun Python's own stack.
    if depth > 2 * DEPTH_MAX:
        raise RuleError(f"the rule is more than {DEPTH_MAX} levels deep", where=where)
    if not isinstance(document, Mapping):
        raise RuleError(f"{document!r} is not an object", where=where)
    known: dict[object, Any] = {
        getattr(one, "kind", None): one for one in _FAMILIES.get(family, (family,))
    }
    kind = document.get("kind")
    part = known.get(kind) if isinstance(kind, str | None) else None
    if part is None:
        raise RuleError(
            f"there is no {family.__name__.lower()} of kind {kind!r}",
            where=where,
            fix=f"Use {', '.join(map(str, known))}",
        )
    return _built(part, document, where, depth)


def _built(part: Any, document: Mapping[str, object], where: str, depth: int) -> object:
    readers = _readers(part)
    unknown = [key for key in document if key not in readers and key != "kind"]
    if unknown or ("kind" in document and not hasattr(part, "kind")):
        keys = ", ".join(readers) or "none"
        raise RuleError(
            f"there is no key {(unknown or ['kind'])[0]!r} here", where=where, fix=f"Keys: {keys}"
        )
    for one in fields(part):
        if one.name not in document and one.default is MISSING:
            raise RuleError(f"the key {one.name!r} is missing", where=where)
    read = {
        key: readers[key](value, f"{where}.{key}", depth + 1)
        for key, value in document.items()
        if key != "kind"
    }
    return part(**read)


Reader = Callable[[object, str, int], object]


@cache
def _readers(part: Any) -> dict[str, Reader]:
    hints = get_type_hints(part)
    return {one.name: _reader(hints[one.name]) for one in fields(part)}


def _reader(hint: Any) -> Reader:
    if get_origin(hint) is tuple:
        return _several_of(_reader(get_args(hint)[0]))
    for family in (*_FAMILIES, Step):
        if hint is family or family in get_args(hint):
            return _part_of(family)
    return _scalar


def _several_of(inner: Reader) -> Reader:
    def several(value: object, where: str, depth: int) -> object:
        if not isinstance(value, list):
            raise RuleError(f"{value!r} is not a list", where=where)
        return tuple(inner(one, f"{where}[{n}]", depth) for n, one in enumerate(value))

    return several


def _part_of(family: type) -> Reader:
    return lambda value, where, depth: _part(value, family, where, depth)


def _scalar(value: object, where: str, _depth: int) -> object:
    # What it must be is for the check to say; a list or an object it never is.
    if isinstance(value, list | Mapping) or value is None:
        raise RuleError(f"{value!r} is no value", where=where)
    return value
