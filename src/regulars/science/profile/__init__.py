"""The profile: all that is known of a member, put together for many members in one query.

``histories`` and ``standings`` return one JSON document per member each: what they declared and
did, which changes with their facts, and their features and tags, which change with every refresh.
Whoever serves members one by one keeps the documents and asks again for those that changed.
"""

from regulars.science.profile.completeness import DEFAULT_WEIGHTS, completeness, filled_share
from regulars.science.profile.documents import TAGS, feature_dates, histories, standings

__all__ = [
    "DEFAULT_WEIGHTS",
    "TAGS",
    "completeness",
    "feature_dates",
    "filled_share",
    "histories",
    "standings",
]
