"""What rules may speak of, tags included."""

from __future__ import annotations

from collections.abc import Iterable

from regulars.apps.tags.queries.catalogue import definitions
from regulars.apps.tags.rules.declared import Held, declared_attributes
from regulars.apps.tags.rules.meaning import words
from regulars.apps.tags.types import TagDefinition
from regulars.science.rules import Vocabulary, lake_vocabulary


def vocabulary(tables: Held, among: Iterable[TagDefinition] | None = None) -> Vocabulary:
    """Return the words for the lake's columns, its declared attributes, and all tags.

    ``among`` are the tags when they are known already.
    """
    known = frozenset(lake_vocabulary().fields)
    declared = declared_attributes(tables, known)
    return words(definitions() if among is None else among, declared=declared)
