"""Reads of the tags room: the tree and the catalogue, figures, uses, reviews, members' tags."""

from regulars.apps.tags.queries.catalogue import (
    categories,
    definitions,
    tag_named,
    tags,
    versions,
)
from regulars.apps.tags.queries.lineage import inputs_of, uses_of
from regulars.apps.tags.queries.review import review_list
from regulars.apps.tags.queries.told import catalogue_mark, told_tag
from regulars.apps.tags.queries.values import (
    counts_of,
    figures,
    member_tags,
    tagged_members,
    value_on,
)
from regulars.apps.tags.queries.words import vocabulary

__all__ = [
    "catalogue_mark",
    "categories",
    "counts_of",
    "definitions",
    "figures",
    "inputs_of",
    "member_tags",
    "review_list",
    "tag_named",
    "tagged_members",
    "tags",
    "told_tag",
    "uses_of",
    "value_on",
    "versions",
    "vocabulary",
]
