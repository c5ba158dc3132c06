"""Reads of the members room: find by identifier, masked identifiers, links, reviews, counts.

What is about single members is cut by the caller's ``ScopedLake``; reviews and counts are for
staff who work on the whole brand's identities.
"""

from __future__ import annotations

from regulars.apps.members.queries.cards import CardIdentifier, MemberCard, member_card
from regulars.apps.members.queries.identifiers import (
    carriers_of,
    find_by_identifier,
    identifiers_of,
)
from regulars.apps.members.queries.links import link_history
from regulars.apps.members.queries.owners import owners_of
from regulars.apps.members.queries.profiles import member_profiles
from regulars.apps.members.queries.records import (
    erased_members,
    identity_counts,
    member_records,
)
from regulars.apps.members.queries.reviews import reviews
from regulars.apps.members.queries.sealed import SealedUnderKey, sealed_keys
from regulars.apps.members.queries.served import (
    Home,
    ServedNow,
    ServedProfile,
    home_of,
    profile_from_lake,
    served_profile,
)

__all__ = [
    "CardIdentifier",
    "Home",
    "MemberCard",
    "SealedUnderKey",
    "ServedNow",
    "ServedProfile",
    "carriers_of",
    "erased_members",
    "find_by_identifier",
    "home_of",
    "identifiers_of",
    "identity_counts",
    "link_history",
    "member_card",
    "member_profiles",
    "member_records",
    "owners_of",
    "profile_from_lake",
    "reviews",
    "sealed_keys",
    "served_profile",
]
