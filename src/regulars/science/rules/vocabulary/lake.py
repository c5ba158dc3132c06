"""The vocabulary that follows from the lake's contracts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import ibis

from regulars.lake.contracts import Column, Contract, contract, contracts
from regulars.science.lifecycle import STAGES
from regulars.science.rfm import GROUPS
from regulars.science.rules.vocabulary.fields import Fact, FactColumn, Field, Label, ValueType
from regulars.science.rules.vocabulary.vocabulary import Vocabulary
from regulars.science.rules.vocabulary.words import CHINESE, FACTS, MOMENTS

# Who and where from, machinery, and moments: rules ask for business dates.
_UNSAID = frozenset({"member_id", "as_of", "source", "business_month"})
_ALLOWED: Mapping[str, tuple[str, ...]] = {
    "gender": ("female", "male", "other"),
    "lifecycle_stage": STAGES,
    "rfm_group": GROUPS,
}
# The things facts name, with what may be asked of them.
_DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "products": ("brand", "department", "category", "subcategory"),
    "stores": ("region_id",),
    "campaigns": ("kind",),
}


def lake_vocabulary(
    *, declared: Iterable[Field] = (), audiences: Mapping[str, str] | None = None
) -> Vocabulary:
    """Return the words for everything the lake holds of members.

    Attributes are the columns of ``members``, features those of every feature table, facts every
    table of facts that knows the member. ``declared`` adds tags and declared attributes.
    """
    fields = [*_attributes(), *_features(), *declared]
    facts = [_fact(name, contract(table), Label(en, zh)) for name, (table, en, zh) in FACTS.items()]
    return Vocabulary(fields=fields, facts=facts, audiences=audiences)


def _attributes() -> list[Field]:
    return [
        Field(
            name=f"attribute.{column.name}",
            table="members",
            column=column.name,
            type=type_,
            label=_label(column),
            allowed=_ALLOWED.get(column.name, ()),
        )
        for column, type_ in _sayable(contract("members"))
    ]


def _features() -> list[Field]:
    return [
        Field(
            name=f"feature.{table.name.removeprefix('features/')}.{column.name}",
            table=table.name,
            column=column.name,
            type=type_,
            label=_label(column),
            allowed=_ALLOWED.get(column.name, ()),
            dated="as_of",
        )
        for table in contracts()
        if table.kind == "feature"
        for column, type_ in _sayable(table)
    ]


def _fact(name: str, table: Contract, label: Label) -> Fact:
    columns = [
        FactColumn(
            name=column.name,
            column=column.name,
            type=type_,
            label=_label(column),
        )
        for column, type_ in _sayable(table)
    ]
    for via, wanted in _DIMENSIONS.items():
        dimension = contract(via)
        (key,) = dimension.key
        if key in table.column_names:
            columns += [
                FactColumn(
                    name=f"{via}.{column.name}",
                    column=column.name,
                    type=type_,
                    label=_label(column),
                    via=via,
                    key=key,
                )
                for column, type_ in _sayable(dimension)
                if column.name in wanted
            ]
    return Fact(
        name=name,
        table=table.name,
        columns=tuple(columns),
        label=label,
        key=table.key,
        moment=MOMENTS[table.name],
    )


def _sayable(table: Contract) -> list[tuple[Column, ValueType]]:
    shown = (table.column(name) for name in table.shown_names if name not in _UNSAID)
    typed = ((column, _type(column)) for column in shown)
    return [(column, type_) for column, type_ in typed if type_ is not None]


def _type(column: Column) -> ValueType | None:
    declared = ibis.dtype(column.type)
    if declared.is_decimal():
        return "decimal"
    if declared.is_integer():
        return "integer"
    if declared.is_floating():
        return "number"
    names: Mapping[str, ValueType] = {"string": "text", "boolean": "boolean", "date": "date"}
    return names.get(column.type)


def _label(column: Column) -> Label:
    # A column without a Chinese word fails a test, not a refresh.
    return Label(column.meaning, CHINESE.get(column.name, column.meaning))
