"""What definitions mean to science: words for rules, and rules to decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from regulars.apps.tags.types import MadeBy, TagDefinition
from regulars.base.errors import RuleError
from regulars.science.rules import (
    Cases,
    Choice,
    Field,
    Label,
    Vocabulary,
    amount_from_text,
    from_text,
    lake_vocabulary,
)
from regulars.science.tags import Bucket, TagRule, checked_query, tag_field

_NUMBERS = frozenset({"integer", "decimal", "number"})


def words(definitions: Iterable[TagDefinition], *, declared: Iterable[Field] = ()) -> Vocabulary:
    """Return all that rules may speak of: the lake's columns, declared attributes, and the tags."""
    tags = [
        tag_field(
            one.code,
            numeric=one.is_numeric,
            label=Label(one.name_en, one.name_zh),
            # What is imported or given may be a value that nobody has named yet.
            values=[value.code for value in one.values] if one.made_by.is_dynamic else (),
        )
        for one in definitions
    ]
    return lake_vocabulary(declared=[*declared, *tags])


def tag_rule(one: TagDefinition, vocabulary: Vocabulary) -> TagRule:
    """Return the tag as science decides it.

    Raises:
        RuleError: A rule or query does not fit; ``where`` names the field, as ``values[1].when``,
            and the character in it.
    """
    if one.made_by == MadeBy.SQL:
        with _at("query"):
            checked_query(one.query)
        return TagRule(
            code=one.code, numeric=one.is_numeric, query=one.query, per_member=one.per_member
        )
    if not one.made_by.is_dynamic:
        return TagRule(code=one.code, numeric=one.is_numeric, assigned=True)
    return TagRule(code=one.code, numeric=one.is_numeric, choice=_choice(one, vocabulary))


def buckets_of(one: TagDefinition) -> tuple[Bucket, ...]:
    """Return the buckets by which numbers are counted."""
    return tuple(Bucket(bucket.code, bucket.below) for bucket in one.buckets)


def _choice(one: TagDefinition, vocabulary: Vocabulary) -> Choice:
    if one.take.strip():
        with _at("take"):
            amount = amount_from_text(one.take, vocabulary)
        if one.is_numeric and amount.type not in _NUMBERS:
            raise RuleError(f"a {amount.type} is no number", where="take, character 1")
        return amount
    ruled = []
    otherwise = None
    for n, value in enumerate(one.values):
        if not value.when.strip():
            otherwise = value.code
            continue
        with _at(f"values[{n}].when"):
            ruled.append((value.code, from_text(value.when, vocabulary)))
    return Cases(tuple(ruled), otherwise)


@contextmanager
def _at(field: str) -> Iterator[None]:
    """Put the field before the place in an error."""
    try:
        yield
    except RuleError as error:
        raise RuleError(error.what, where=f"{field}, {error.where}", fix=error.fix) from None
