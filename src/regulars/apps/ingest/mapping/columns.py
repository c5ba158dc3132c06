"""One column of a mapping: a short form (an expression) and a long form (keys)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from regulars.apps.ingest.cleaning import TimeRule
from regulars.apps.ingest.mapping.expressions import Expression, expression
from regulars.apps.ingest.mapping.node import Node
from regulars.apps.ingest.mapping.types import Impute, Kind, Lookup, Target
from regulars.base.business_time import zone
from regulars.base.errors import ConfigurationError, ContractError, UnknownTableError
from regulars.lake.contracts import Contract, contract

_KINDS = (
    *("text", "amount", "number", "integer", "time", "date", "boolean"),
    *("phone", "email", "gender"),
)
_KEYS = {
    *("column", "expression", "constant", "digest", "lookup", "as", "words", "otherwise"),
    *("on_error", "required", "negative", "decimal_comma", "impute", "zone", "formats", "unit"),
    *("repeated_hour", "skipped_hour", "earliest", "future"),
}
_TIME_KEYS = {"zone", "formats", "unit", "repeated_hour", "skipped_hour", "earliest", "future"}
_FIRST_BIRTHDAY = date(1900, 1, 1)
# The end of time that a column may name when the future is allowed.
FAR_FUTURE = date(2200, 1, 1)


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a mapping says once for all of its columns."""

    zone: str
    is_fact: bool
    sheet: bool


def column_target(node: Node, *, table: Contract, name: str, defaults: Defaults) -> Target:
    """Return the target of a contract column; raise ``MappingError`` when it has no such column."""
    try:
        column = table.column(name)
    except ContractError as error:
        raise node.wrong(f"the table {table.name} has no column {name!r}", error.fix) from error
    kind, scale = _kind_of(column.type)
    target = free_target(node, name=name, defaults=defaults, kind=kind)
    strict = defaults.is_fact and kind in {"amount", "number"} and not _says(node, "negative")
    return replace(
        target,
        scale=scale,
        required=target.required or not column.nullable,
        allow_negative=target.allow_negative and not strict,
    )


def free_target(node: Node, *, name: str, defaults: Defaults, kind: Kind = "text") -> Target:
    """Return a target outside a contract's columns: an identifier, an attribute, a header value."""
    spec = (
        node
        if isinstance(node.value, dict)
        else Node({"expression": node.value}, node.file, node.path)
    )
    part = spec.table(_KEYS)
    kind = cast("Kind", part["as"].one_of(*_KINDS)) if "as" in part else kind
    given = {"column", "expression", "constant", "digest"} & set(part)
    if len(given) != 1:
        raise spec.wrong("give exactly one of column, expression, constant or digest")
    if _TIME_KEYS & set(part) and kind not in {"time", "date"}:
        raise spec.wrong(f"{min(_TIME_KEYS & set(part))!r} is for times and dates")
    words = part["words"].entries() if "words" in part else {}
    return Target(
        name=name,
        kind=kind,
        expression=_expression(part, node),
        constant=part["constant"].text() if "constant" in part else None,
        digest=part["digest"].texts() if "digest" in part else (),
        lookup=_lookup(part["lookup"]) if "lookup" in part else None,
        words=tuple((word, str(meaning.value)) for word, meaning in words.items()),
        keep_unknown=_choice(part, "otherwise", "refuse", "keep") == "keep",
        on_error="missing"
        if _choice(part, "on_error", "refuse", "missing") == "missing"
        else "refuse",
        required="required" in part and part["required"].flag(),
        allow_negative=_choice(part, "negative", "allow", "refuse") == "allow",
        decimal_comma="decimal_comma" in part and part["decimal_comma"].flag(),
        time=_time_rule(part, kind=kind, name=name, defaults=defaults),
        impute=_impute(part["impute"]) if "impute" in part else None,
    )


def _says(node: Node, key: str) -> bool:
    return isinstance(node.value, dict) and key in node.value


def _choice(part: dict[str, Node], key: str, first: str, second: str) -> str:
    """Return the word of a key with two choices, the first being the default."""
    return part[key].one_of(first, second) if key in part else first


def _kind_of(dtype: str) -> tuple[Kind, int]:
    kinds: dict[str, Kind] = {
        "int64": "integer",
        "boolean": "boolean",
        "date": "date",
        "timestamp('UTC')": "time",
    }
    if dtype.startswith("decimal"):
        scale = int(dtype.rstrip(")").rpartition(",")[2])
        return ("amount" if scale == 2 else "number"), scale
    return kinds.get(dtype, "text"), 0


def _expression(part: dict[str, Node], node: Node) -> Expression | None:
    if "column" in part:
        return Expression.column(part["column"].text())
    if "expression" in part:
        return expression(part["expression"].text(), where=node.where)
    return None


def _lookup(node: Node) -> Lookup:
    part = node.table({"table", "key", "take"})
    for key in ("table", "key", "take"):
        if key not in part:
            raise node.wrong(f"the key {key!r} is missing")
    lookup = Lookup(part["table"].text(), part["key"].text(), part["take"].text())
    try:
        table = contract(lookup.table)
        table.column(lookup.take)
    except (UnknownTableError, ContractError) as error:
        raise node.wrong(error.what, error.fix) from error
    if table.key != (lookup.key,):
        raise node.wrong(f"the key of {table.name} is {', '.join(table.key)}")
    return lookup


def _time_rule(part: dict[str, Node], *, kind: Kind, name: str, defaults: Defaults) -> TimeRule:
    zone_name = part["zone"].text() if "zone" in part else defaults.zone
    try:
        zone(zone_name)
    except ConfigurationError as error:
        raise part["zone"].wrong(error.what, error.fix) from error
    unit = part["unit"].one_of("s", "ms", "us", "excel") if "unit" in part else ""
    if not unit and defaults.sheet and kind in {"time", "date"} and "formats" not in part:
        unit = "excel"
    past = _FIRST_BIRTHDAY if name == "birth_date" else TimeRule().earliest
    future = defaults.is_fact or name == "birth_date"
    if "future" in part:
        future = part["future"].one_of("refuse", "allow") == "refuse"
    return TimeRule(
        zone=zone_name,
        formats=part["formats"].texts() if "formats" in part else (),
        unit=unit,
        repeated_hour=_clock(part, "repeated_hour", "earliest"),
        skipped_hour=_clock(part, "skipped_hour", "refuse"),
        earliest=_day(part["earliest"]) if "earliest" in part else past,
        latest=None if future else FAR_FUTURE,
    )


def _clock(part: dict[str, Node], key: str, default: str) -> str:
    return part[key].one_of("earliest", "latest", "refuse") if key in part else default


def _day(node: Node) -> date:
    if isinstance(node.value, date):
        return node.value
    try:
        return date.fromisoformat(node.text())
    except ValueError as error:
        raise node.wrong("this is not a date", "Write YYYY-MM-DD") from error


def _impute(node: Node) -> Impute:
    part = node.table({"policy", "constant"})
    if "policy" not in part:
        raise node.wrong("the key 'policy' is missing")
    policy = part["policy"].one_of("constant", "most_frequent", "median")
    if (policy == "constant") != ("constant" in part):
        raise node.wrong("policy 'constant' needs 'constant', the others take none")
    if policy == "constant":
        return Impute("constant", part["constant"].text())
    return Impute("most_frequent" if policy == "most_frequent" else "median")
