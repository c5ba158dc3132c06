"""Groups of fields that are told only where it was switched on and the member agreed to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

# PIPL 28-30: a separate consent, and off until somebody decides otherwise.
GROUPS: Mapping[str, frozenset[str]] = {
    "social": frozenset({
        "social_field", "weibo_followers", "weibo_following", "weibo_mutual", "verified_type",
        "verified_reason", "personal_tags", "qq_groups",
    }),
    "sensitive": frozenset({"blood_type"}),
}  # fmt: skip
GUARDED = frozenset[str]().union(*GROUPS.values())
_GROUP_OF = {name: group for group, names in GROUPS.items() for name in names}


def told_groups(said: Mapping[str, str], *, switched_on: Collection[str]) -> frozenset[str]:
    """Return the groups that may be told of a member.

    ``said`` are the member's declared attributes: ``consent_social`` is ``yes`` where they agreed.
    Anything else, and silence, is a no.
    """
    return frozenset(
        group for group in GROUPS if group in switched_on and said.get(f"consent_{group}") == "yes"
    )


def group_of(name: str) -> str | None:
    """Return the group that an attribute belongs to; None: it may be told of everybody."""
    return _GROUP_OF.get(name)


def may_be_told(name: str, groups: Collection[str] = ()) -> bool:
    """Whether an attribute belongs to no group, or to one of ``groups``.

    >>> may_be_told("school"), may_be_told("blood_type"), may_be_told("blood_type", {"sensitive"})
    (True, False, True)
    """
    group = group_of(name)
    return group is None or group in groups
