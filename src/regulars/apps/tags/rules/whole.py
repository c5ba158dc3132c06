"""Whether a definition is whole: nothing mandatory missing, nothing that contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from regulars.apps.tags.types import MadeBy, TagDefinition, ValueSpec
from regulars.base.errors import RuleError
from regulars.science.tags.rules import checked_code

UPDATE_DAYS_MAX = 3_660
_NAMES = ("name_zh", "name_en", "source", "owner", "category")
_PLACES = frozenset({"new", "import", "install"})
_FIX = "A tag needs names, definition, source, update cycle and owner"


def demand_whole(definition: TagDefinition) -> None:
    """Raise ``RuleError``, with the field in ``where``, unless the definition may be saved."""
    checked_code(definition.code)
    if definition.code in _PLACES:
        raise RuleError("this word has another meaning on the pages", where="code")
    for name in _NAMES:
        if not getattr(definition, name).strip():
            raise RuleError("this must be filled in", where=name, fix=_FIX)
    if not (definition.definition_zh.strip() or definition.definition_en.strip()):
        raise RuleError("this must be filled in", where="definition_zh", fix=_FIX)
    if definition.update_days is None:
        raise RuleError("this must be filled in", where="update_days", fix=_FIX)
    if not 0 <= definition.update_days <= UPDATE_DAYS_MAX:
        raise RuleError(f"days are 0 to {UPDATE_DAYS_MAX:,}", where="update_days")
    if definition.half_life_days is not None and definition.half_life_days <= 0:
        raise RuleError("a half-life is longer than 0 days", where="half_life_days")
    for where, what in _contradictions(definition):
        raise RuleError(what, where=where)


def _contradictions(one: TagDefinition) -> Iterator[tuple[str, str]]:
    ruled = [value for value in one.values if value.when.strip()]
    yield from _by_maker(one, ruled)
    if one.is_numeric and one.values:
        yield "value_type", "a quantitative tag has buckets instead of values"
    if not one.is_numeric and one.buckets:
        yield "value_type", "a qualitative tag has values instead of buckets"
    yield from _repeated(one, ruled)
    bounds = [bucket.below for bucket in one.buckets]
    rising = all(a is not None and (b is None or a < b) for a, b in pairwise(bounds))
    if not rising or (bounds and bounds[-1] is not None):
        yield "buckets", "the bounds of buckets rise, and the last bucket has none"


def _by_maker(one: TagDefinition, ruled: list[ValueSpec]) -> Iterator[tuple[str, str]]:
    if one.made_by in {MadeBy.RULE, MadeBy.MODEL}:
        if bool(one.take.strip()) == bool(ruled):
            yield "values", "say either the rules of the values, or what the value is taken from"
        if one.made_by == MadeBy.MODEL and one.model is None:
            yield "model", "say which feature table the model has filled"
    elif one.take.strip() or ruled:
        yield "values", f"a tag made by {one.made_by.label} has no rules"
    if (one.made_by == MadeBy.SQL) != bool(one.query.strip()):
        yield "query", "a tag made by SQL has a query, and no other has"


def _repeated(one: TagDefinition, ruled: list[ValueSpec]) -> Iterator[tuple[str, str]]:
    codes = [value.code for value in one.values] + [bucket.code for bucket in one.buckets]
    if len(set(codes)) != len(codes):
        yield "values", "two values have the same code"
    if not all(code.strip() for code in codes):
        yield "values", "every value has a code"
    if ruled and len(one.values) - len(ruled) > 1:
        yield "values", "only one value may be left without a rule, for everybody else"
