"""The reference page's view-model, taken from the OpenAPI document."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.functional import Promise

from regulars.api.door.problems import KINDS
from regulars.api.reference.openapi import schema


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One parameter or field: its name, type in words, and meaning."""

    name: str
    type: str
    required: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape: its anchor, meaning, fields and example."""

    name: str
    meaning: str
    fields: tuple[FieldLine, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer of a route."""

    status: str
    meaning: str
    shape: str


@dataclass(frozen=True, slots=True)
class Route:
    """One route."""

    anchor: str
    method: str
    path: str
    tag: str
    summary: str
    meaning: str
    scope: str
    parameters: tuple[FieldLine, ...]
    body: str
    answers: tuple[Answered, ...]


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """One kind of problem, and what to do about it, in the reader's language."""

    anchor: str
    status: int
    title: str
    remedy: Promise


@dataclass(frozen=True, slots=True)
class Reference:
    """The whole page."""

    title: str
    version: str
    routes: tuple[Route, ...]
    shapes: tuple[Shape, ...]
    problems: tuple[ProblemLine, ...]


@cache
def contents() -> Reference:
    """Return the page's contents; they follow from the code alone."""
    found = schema()
    return Reference(
        title=found["info"]["title"],
        version=found["info"]["version"],
        routes=tuple(
            _route(path, method, details)
            for path, methods in found["paths"].items()
            for method, details in methods.items()
        ),
        shapes=tuple(
            _shape(name, one) for name, one in sorted(found["components"]["schemas"].items())
        ),
        problems=tuple(
            ProblemLine(anchor, kind.status, kind.title, kind.remedy)
            for anchor, kind in KINDS.items()
        ),
    )


def _route(path: str, method: str, details: dict[str, Any]) -> Route:
    body = details.get("requestBody", {}).get("content", {}).get("application/json", {})
    return Route(
        anchor=details["operationId"],
        method=method.upper(),
        path=path,
        tag=details["tags"][0],
        summary=details["summary"],
        meaning=details["description"].partition("\n\nScope:")[0],
        scope=details["x-scope"],
        parameters=tuple(
            FieldLine(
                one["name"],
                _type(one["schema"]),
                bool(one.get("required")),
                one.get("description", ""),
            )
            for one in details["parameters"]
        ),
        body=_shape_name(body.get("schema", {})),
        answers=tuple(
            Answered(
                status,
                one["description"],
                next(
                    (_shape_name(c["schema"]) for c in one.get("content", {}).values()),
                    "",
                ),
            )
            for status, one in sorted(details["responses"].items())
        ),
    )


def _shape(name: str, one: dict[str, Any]) -> Shape:
    required = set(one.get("required", ()))
    examples = one.get("examples", ())
    return Shape(
        name=name,
        meaning=one.get("description", ""),
        fields=tuple(
            FieldLine(field, _type(said), field in required, said.get("description", ""))
            for field, said in one.get("properties", {}).items()
        ),
        example=json.dumps(examples[0], ensure_ascii=False, indent=2) if examples else "",
    )


def _type(said: dict[str, Any]) -> str:
    if "$ref" in said:
        return _shape_name(said)
    if "anyOf" in said:
        return " | ".join(dict.fromkeys(_type(one) for one in said["anyOf"]))
    if "enum" in said:
        return " | ".join(str(one) for one in said["enum"])
    kind = str(said.get("type", "any"))
    if kind == "array":
        return f"[{_type(said.get('items', {}))}]"
    return f"{kind} ({said['format']})" if "format" in said else kind


def _shape_name(said: dict[str, Any]) -> str:
    return str(said.get("$ref", "")).rpartition("/")[2]
