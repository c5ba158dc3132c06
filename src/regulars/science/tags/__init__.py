"""Tags: labels that rules, SQL, models, other systems or people give to members.

A ``TagRule`` says how one tag's value comes about. ``refresh_tags`` decides all of them for
everybody, or for the members that were touched, writes a column per tag to the lake's table
``tags`` and what has changed to ``tag_history``. What a tag is called, and who may change it, is
the business of the room ``apps.tags``.
"""

from regulars.science.tags.figures import TagFigures, bucketed, figures_of
from regulars.science.tags.history import values_before
from regulars.science.tags.refresh import TagReport, refresh_tags
from regulars.science.tags.rules import Bucket, TagRule, tag_field
from regulars.science.tags.scores import Weighted, scores
from regulars.science.tags.sql import checked_query, query_values

__all__ = [
    "Bucket",
    "TagFigures",
    "TagReport",
    "TagRule",
    "Weighted",
    "bucketed",
    "checked_query",
    "figures_of",
    "query_values",
    "refresh_tags",
    "scores",
    "tag_field",
    "values_before",
]
