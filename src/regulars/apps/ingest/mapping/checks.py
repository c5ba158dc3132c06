"""What a mapping must agree on with the contract of its table."""

from __future__ import annotations

from regulars.apps.ingest.mapping.types import Mapping, Target
from regulars.base.errors import MappingError
from regulars.lake.contracts import Contract

# Columns the load fills in itself where a table has them; a mapping may give those in OPTIONAL.
ALWAYS_DERIVED = frozenset({"member_id", "business_month", "flags", "source", "currency"})
OPTIONAL = frozenset({"business_date"})
OPTIONAL_OF = {
    "order_lines": frozenset({"item_count"}),
    "products": frozenset({"measured", "placeholder"}),
    "member_attributes": frozenset({"name", "value", "updated_at"}),
}
# Where a filled-in value can be marked: the row's flags, or the attribute's source.
_MARKABLE = frozenset({"order_lines", "member_attributes"})


def is_loadable(table: Contract) -> bool:
    """Whether a table comes from sources; the others are computed."""
    return table.kind in {"fact", "dimension"}


def check_against_contract(mapping: Mapping, table: Contract, *, file: str) -> None:
    """Raise ``MappingError`` when the mapping cannot fill the table."""
    _check_columns(mapping, table, file)
    _check_sections(mapping, table, file)
    for target in (*mapping.columns, *mapping.attributes):
        _check_impute(target, table, file)


def _check_columns(mapping: Mapping, table: Contract, file: str) -> None:
    given = [target.name for target in mapping.columns]
    for name in given:
        if name in ALWAYS_DERIVED:
            raise MappingError(f"{name} is filled in by the load", where=f"{file}: columns.{name}")
    fillable = ALWAYS_DERIVED | OPTIONAL | OPTIONAL_OF.get(table.name, frozenset())
    for column in table.columns:
        if column.nullable or column.name in fillable or column.name in given:
            continue
        raise MappingError(
            f"the table {table.name} needs the column {column.name}",
            where=f"{file}: columns",
            fix=f"Say where {column.name} comes from ({column.meaning})",
        )


def _check_sections(mapping: Mapping, table: Contract, file: str) -> None:
    needs_member = table.knows_members and not table.column("member_id").nullable
    if needs_member and mapping.member is None:
        raise MappingError(
            f"every row of {table.name} belongs to a member",
            where=f"{file}: member",
            fix="List the identifiers that say whose a row is",
        )
    if mapping.member is not None and not table.knows_members:
        raise MappingError(f"{table.name} knows no members", where=f"{file}: member")
    if (table.name == "member_attributes") != bool(mapping.attributes):
        raise MappingError(
            "attributes belong to the table member_attributes, and it needs them",
            where=f"{file}: attributes",
        )
    if mapping.rollup is not None:
        _check_rollup(mapping, table, file)
    if mapping.rules and table.name != "order_lines":
        other = [rule.rule for rule in mapping.rules if rule.rule != "extreme"]
        if other:
            raise MappingError(f"{other[0]} is a rule for order_lines", where=f"{file}: rules")
    known = {target.name for target in mapping.columns}
    for rule in mapping.rules:
        if rule.column and rule.column not in known:
            raise MappingError(f"no column {rule.column!r} is mapped", where=f"{file}: rules")


def _check_rollup(mapping: Mapping, table: Contract, file: str) -> None:
    if table.name != "order_lines":
        raise MappingError("only order_lines add up to orders", where=f"{file}: rollup")
    names = {target.name for target in mapping.rollup or ()}
    if "channel" not in names:
        raise MappingError(
            "an order needs a channel", where=f"{file}: rollup", fix="For a POS: {constant: pos}"
        )


def _check_impute(target: Target, table: Contract, file: str) -> None:
    if target.impute is None:
        return
    where = f"{file}: columns.{target.name}.impute"
    if target.kind == "amount":
        raise MappingError("an amount of money is never filled in", where=where)
    if table.name not in _MARKABLE:
        raise MappingError(f"{table.name} has no place to mark a filled-in value", where=where)
    if target.required and target.impute.policy != "constant":
        raise MappingError("a required value can only be filled by a constant", where=where)
