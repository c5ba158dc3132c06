"""What a tag is made of, and what uses it."""

from __future__ import annotations

from regulars.apps.tags.hooks import uses_above
from regulars.apps.tags.queries.catalogue import definitions
from regulars.apps.tags.rules.meaning import tag_rule
from regulars.apps.tags.types import TagDefinition, TagUse
from regulars.base.errors import RuleError
from regulars.science.rules import Vocabulary
from regulars.science.tags import checked_query


def inputs_of(definition: TagDefinition, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the fields, facts and tables the tag is made of, by their names in rules."""
    if definition.query:
        return tuple(sorted(checked_query(definition.query)))
    if not definition.made_by.is_dynamic:
        return ("tag_assignments",)
    try:
        used = list(tag_rule(definition, vocabulary).uses(vocabulary))
    except RuleError:
        return ()
    names = {name for one in used for name in (*one.fields, *one.tags, *one.facts)}
    return tuple(sorted(names))


def uses_of(code: str, vocabulary: Vocabulary) -> tuple[TagUse, ...]:
    """Return everything that uses the tag: other tags, and what upper rooms know of."""
    mine = f"tag.{code}"
    below = [
        TagUse("tag", one.code, one.name_en)
        for one in definitions()
        if one.code != code and mine in inputs_of(one, vocabulary)
    ]
    return (*below, *(use for _code, use in uses_above([code])))
