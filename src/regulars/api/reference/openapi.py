"""The OpenAPI 3.1 document: what ninja knows of the routes, with every refusal added.

Which problems a route may answer follows from what it is, so no route has to list them.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from regulars.api.door.problems import CONTENT_TYPE, KINDS
from regulars.api.v1.routes import api
from regulars.api.v1.schemas.shapes import ProblemAnswer

_ALWAYS = ("no-key", "not-allowed", "not-valid", "too-many", "internal", "busy")
_WITH_BODY = ("bad-request", "too-large", "media-type")
_WRITES = frozenset({"create_member", "update_member", "post_order", "post_orders"})
_HEADERS = {
    "RateLimit": "how many requests are left, and for how many seconds none",
    "RateLimit-Policy": "how many requests a minute the key may send",
}


@cache
def document() -> bytes:
    """Return the document as JSON; it follows from the code alone."""
    return json.dumps(schema(), ensure_ascii=False, indent=1).encode()


def schema() -> dict[str, Any]:
    """Return the document."""
    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    problem = TypeAdapter(ProblemAnswer).json_schema(ref_template="#/components/schemas/{model}")
    found["components"]["schemas"] |= problem.pop("$defs", {}) | {"Problem": problem}
    operations = {one.operation_id: one for one in _operations()}
    for path, methods in found["paths"].items():
        for method, details in methods.items():
            scope = operations[details["operationId"]].auth_callbacks[0].scope
            details["security"] = [{"BearerKey": []}]
            details["x-scope"] = scope.value
            details["description"] = f"{details['description']}\n\nScope: `{scope.value}`."
            _add_problems(details, method, path)
            for answered in details["responses"].values():
                answered.setdefault("headers", {}).update(_headers())
    return found


def _operations() -> list[Any]:
    return [
        operation
        for bound in api._get_bound_routers()  # noqa: SLF001 — ninja's own document reads it too
        for view in bound.path_operations.values()
        for operation in view.operations
    ]


def _add_problems(details: dict[str, Any], method: str, path: str) -> None:
    kinds = list(_ALWAYS)
    if method != "get":
        kinds += _WITH_BODY
    if "{" in path or details["operationId"] in {"get_kpis", "list_rfm_cells", *_WRITES}:
        kinds.append("not-found")
    if details["operationId"] in _WRITES:
        kinds += ["under-way", "taken", "key-reused"]
    for kind in kinds:
        known = KINDS[kind]
        answered = details["responses"].setdefault(
            str(known.status),
            {
                "description": known.title,
                "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        )
        if known.title not in answered["description"]:
            answered["description"] += f"; or: {known.title}"


def _headers() -> dict[str, Any]:
    return {
        name: {"description": text, "schema": {"type": "string"}} for name, text in _HEADERS.items()
    }
