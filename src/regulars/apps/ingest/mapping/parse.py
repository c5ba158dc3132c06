"""From a mapping's YAML to a checked ``Mapping``; every mistake is named with file and key path."""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal, InvalidOperation
from pathlib import PurePosixPath
from typing import Any, cast

import yaml
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from regulars.apps.ingest.cleaning import SOURCE_LETTERS_MAX
from regulars.apps.ingest.mapping.checks import check_against_contract, is_loadable
from regulars.apps.ingest.mapping.columns import Defaults, column_target, free_target
from regulars.apps.ingest.mapping.node import Node
from regulars.apps.ingest.mapping.types import (
    Format,
    Identifier,
    Kind,
    Mapping,
    MemberRule,
    Place,
    RowRule,
    RuleAction,
    RuleName,
    Target,
)
from regulars.base.brand import Brand
from regulars.base.business_time import zone
from regulars.base.errors import ConfigurationError, MappingError, UnknownTableError
from regulars.lake.contracts import Contract, contract

_KEYS = {
    *("source", "title", "contract", "file", "sql", "zone", "business_zone", "currency"),
    *("columns", "member", "rules", "rollup", "attributes", "stores", "refused_max"),
}
_PLACE_KEYS = {
    *("format", "path", "package", "encoding", "delimiter", "sheet", "header_row"),
}
# What the headers of orders have and lines lack.
_BOOLEAN = "tag:yaml.org,2002:bool"
_HEADER_COLUMNS = {"channel", "staff_id"}
_STORE_COLUMNS = {"name", "region_id", "region_name", "zone"}
_EVIDENCE: dict[str, Kind] = {"name": "text", "birth_date": "date", "gender": "gender"}


def parsed(text: str, *, name: str, file: str, folder: str, brand: Brand) -> Mapping:
    """Parse a mapping; raise ``MappingError`` with the file and key path of the first mistake.

    ``file`` is what errors print, ``folder`` where relative source paths start, ``brand`` gives the
    currency and zone a mapping leaves out.
    """
    keys = _document(text, file).table(_KEYS)
    table = _contract(keys, file)
    defaults = Defaults(
        zone=_zone(keys, "zone", brand.zone),
        is_fact=table.kind == "fact",
        sheet=_is_sheet(keys),
    )
    title = keys["title"].entries() if "title" in keys else {}
    mapping = Mapping(
        name=name,
        source=_source(_required(keys, "source", file)),
        title=tuple((language, node.text()) for language, node in title.items()),
        contract=table.name,
        place=_place(keys, file),
        currency=_currency(keys["currency"]) if "currency" in keys else brand.currency,
        business_zone=_zone(keys, "business_zone", brand.zone),
        columns=_columns(keys.get("columns"), table, defaults),
        member=_member(keys["member"], defaults, table) if "member" in keys else None,
        rules=tuple(_rule(node) for node in keys["rules"].items()) if "rules" in keys else (),
        rollup=_extra(keys.get("rollup"), _HEADER_COLUMNS, defaults),
        attributes=_attributes(keys.get("attributes"), defaults),
        stores=_extra(keys.get("stores"), _STORE_COLUMNS, defaults),
        refused_max=keys["refused_max"].whole() if "refused_max" in keys else 100_000,
        folder=folder,
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )
    check_against_contract(mapping, table, file=file)
    return mapping


class _Loader(yaml.SafeLoader):
    """YAML whose only booleans are true and false: a column may be called ``off`` or ``no``.

    A key that stands twice is refused, where YAML would silently drop the first.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 — PyYAML's own signature
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.constructor.ConstructorError(
                    problem=f"the key {key.value!r} stands twice", problem_mark=key.start_mark
                )
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, shape) for tag, shape in resolvers if tag != _BOOLEAN]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_BOOLEAN, re.compile("^(?:true|false)$"), list("tf"))


def _document(text: str, file: str) -> Node:
    try:
        return Node(yaml.load(text, _Loader), file)  # noqa: S506 — a SafeLoader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark is not None else ""
        raise MappingError(
            f"this is not YAML: {getattr(error, 'problem', error)}", where=f"{file}{place}"
        ) from error


def _required(keys: dict[str, Node], key: str, file: str) -> Node:
    if key not in keys:
        raise MappingError(f"the key {key!r} is missing", where=file)
    return keys[key]


def _contract(keys: dict[str, Node], file: str) -> Contract:
    node = _required(keys, "contract", file)
    try:
        table = contract(node.text())
    except UnknownTableError as error:
        raise node.wrong(error.what, error.fix) from error
    if not is_loadable(table):
        raise node.wrong(f"the table {table.name} is computed, not loaded")
    return table


def _zone(keys: dict[str, Node], key: str, default: str) -> str:
    if key not in keys:
        return default
    try:
        zone(keys[key].text())
    except ConfigurationError as error:
        raise keys[key].wrong(error.what, error.fix) from error
    return keys[key].text()


def _currency(node: Node) -> str:
    if re.fullmatch("[A-Z]{3}", node.text()) is None:
        raise node.wrong(f"{node.text()!r} is no currency", "Use an ISO 4217 code such as CNY")
    return node.text()


def _source(node: Node) -> str:
    if len(node.text()) > SOURCE_LETTERS_MAX:
        raise node.wrong(f"the name of a source has up to {SOURCE_LETTERS_MAX} letters")
    return node.text()


def _is_sheet(keys: dict[str, Node]) -> bool:
    value = keys["file"].value if "file" in keys else None
    return isinstance(value, dict) and value.get("format") == "xlsx"


def _place(keys: dict[str, Node], file: str) -> Place:
    if ("file" in keys) == ("sql" in keys):
        raise MappingError("give either 'file' or 'sql'", where=file)
    if "sql" in keys:
        return _query(keys["sql"])
    part = keys["file"].table(_PLACE_KEYS)
    for key in ("format", "path"):
        if key not in part:
            raise keys["file"].wrong(f"the key {key!r} is missing")
    path = part["path"].text()
    if "package" in part and (path.startswith("/") or ".." in PurePosixPath(path).parts):
        raise part["path"].wrong("the path leaves the package's folder")
    delimiter = part["delimiter"].text() if "delimiter" in part else ","
    if len(delimiter) != 1:
        raise part["delimiter"].wrong("a delimiter is one letter", 'A tab is written "\\t"')
    return Place(
        format=cast("Format", part["format"].one_of("csv", "parquet", "jsonl", "xlsx", "posted")),
        path=path,
        package=part["package"].text() if "package" in part else "",
        encoding=part["encoding"].text() if "encoding" in part else "",
        delimiter=delimiter,
        sheet=part["sheet"].text() if "sheet" in part else "",
        header_row=part["header_row"].whole() if "header_row" in part else 1,
    )


def _query(node: Node) -> Place:
    part = node.table({"query", "url_env"})
    for key in ("query", "url_env"):
        if key not in part:
            raise node.wrong(
                f"the key {key!r} is missing",
                "The URL holds a password: it comes from the environment variable url_env names",
            )
    query = part["query"].text()
    try:
        tree = parse_one(query)
    except SqlglotError as error:
        raise part["query"].wrong(f"this is not SQL: {str(error).splitlines()[0]}") from error
    if not isinstance(tree, exp.Query):
        raise part["query"].wrong("a source is read by one SELECT")
    if tree.args.get("order") is None:
        raise part["query"].wrong(
            "the query has no ORDER BY", "Rows are named by number: order them by their key"
        )
    return Place(format="sql", query=query, url_env=part["url_env"].text())


def _columns(node: Node | None, table: Contract, defaults: Defaults) -> tuple[Target, ...]:
    if node is None:
        return ()
    return tuple(
        column_target(entry, table=table, name=name, defaults=defaults)
        for name, entry in node.entries().items()
    )


def _extra(node: Node | None, known: set[str], defaults: Defaults) -> tuple[Target, ...] | None:
    if node is None:
        return None
    return tuple(
        free_target(entry, name=name, defaults=defaults)
        for name, entry in node.table(known).items()
    )


def _attributes(node: Node | None, defaults: Defaults) -> tuple[Target, ...]:
    if node is None:
        return ()
    return tuple(
        free_target(entry, name=name, defaults=defaults) for name, entry in node.entries().items()
    )


def _member(node: Node, defaults: Defaults, table: Contract) -> MemberRule:
    part = node.table({"identifiers", "joined_at", "channel", "evidence"})
    if "identifiers" not in part:
        raise node.wrong("the key 'identifiers' is missing")
    identifiers = tuple(_identifier(item, defaults) for item in part["identifiers"].items())
    if not identifiers:
        raise part["identifiers"].wrong("a member needs at least one identifier")
    member_column = table.column("member_id") if table.knows_members else None
    return MemberRule(
        identifiers=identifiers,
        required=member_column is not None and not member_column.nullable,
        joined_at=free_target(part["joined_at"], name="joined_at", defaults=defaults, kind="time")
        if "joined_at" in part
        else None,
        channel=free_target(part["channel"], name="channel", defaults=defaults)
        if "channel" in part
        else None,
        evidence=_evidence(part["evidence"], defaults) if "evidence" in part else (),
    )


def _evidence(node: Node, defaults: Defaults) -> tuple[Target, ...]:
    """What cannot be read says nothing: a strange birthday must not refuse an order."""
    return tuple(
        free_target(
            Node({"column": column.text(), "on_error": "missing"}, column.file, column.path),
            name=name,
            defaults=defaults,
            kind=_EVIDENCE[name],
        )
        for name, column in node.table(set(_EVIDENCE)).items()
    )


def _identifier(node: Node, defaults: Defaults) -> Identifier:
    part = node.table({"kind", "column", "verified", "on_error"})
    for key in ("kind", "column"):
        if key not in part:
            raise node.wrong(f"the key {key!r} is missing")
    kind = part["kind"].text()
    cleaned_as = kind if kind in {"phone", "email"} else "text"
    spec = {"column": part["column"].text(), "as": cleaned_as}
    if "on_error" in part:
        spec["on_error"] = part["on_error"].one_of("refuse", "missing")
    target = free_target(Node(spec, node.file, node.path), name=kind, defaults=defaults)
    return Identifier(kind, target, part["verified"].flag() if "verified" in part else False)


def _rule(node: Node) -> RowRule:
    part = node.table({"rule", "column", "above", "below", "action"})
    if "rule" not in part:
        raise node.wrong("the key 'rule' is missing")
    rule = part["rule"].one_of("zero_quantity", "measured_quantity", "unknown_product", "extreme")
    if rule == "extreme" and ("column" not in part or not {"above", "below"} & set(part)):
        raise node.wrong("an extreme value needs 'column' and 'above' or 'below'")
    action = part["action"].one_of("flag", "refuse") if "action" in part else "flag"
    if action == "refuse" and rule != "extreme":
        raise part["action"].wrong(f"{rule} only flags: its rows count in every sum")
    return RowRule(
        rule=cast("RuleName", rule),
        column=part["column"].text() if "column" in part else "",
        above=_limit(part["above"]) if "above" in part else "",
        below=_limit(part["below"]) if "below" in part else "",
        action=cast("RuleAction", action),
    )


def _limit(node: Node) -> str:
    try:
        if Decimal(node.text()).is_finite():
            return node.text()
    except InvalidOperation:
        pass
    raise node.wrong(f"{node.text()!r} is not a number")
