"""Who may do what: the whole table, written out a second time."""

from __future__ import annotations

import pytest

from regulars.apps.accounts.services.access import require
from regulars.apps.accounts.types import (
    Actor,
    Capability,
    DataScope,
    Role,
    ScopeName,
    capabilities,
)
from regulars.base.errors import RefusedError, RuleError

#                                            adm ope ana man gui ser
AT_HEADQUARTERS = {
    Capability.SEE_MEMBERS:       "yes yes yes yes yes yes",
    Capability.REVEAL_IDENTIFIER: "yes yes no  yes yes yes",
    Capability.EXPORT:            "yes yes yes no  no  no",
    Capability.SEE_DATA:          "yes yes yes no  no  no",
    Capability.LOAD_DATA:         "yes yes no  no  no  no",
    Capability.FIX_QUARANTINE:    "yes yes no  no  no  no",
    Capability.REVIEW_IDENTITY:   "yes yes no  no  no  no",
    Capability.REFRESH:           "yes yes no  no  no  no",
    Capability.EDIT_TAGS:         "yes yes no  no  no  no",
    Capability.ASSIGN_TAGS:       "yes yes no  yes yes no",
    Capability.MANAGE_STAFF:      "yes no  no  no  no  no",
    Capability.MANAGE_KEYS:       "yes no  no  no  no  no",
    Capability.SEE_AUDIT:         "yes no  no  no  no  no",
}  # fmt: skip
ROLES = (Role.ADMIN, Role.OPERATIONS, Role.ANALYST, Role.SHOP_MANAGER, Role.GUIDE, Role.SERVICE)
IN_A_STORE = {"see_members", "reveal_identifier", "export", "assign_tags"}


@pytest.mark.parametrize(("capability", "answers"), AT_HEADQUARTERS.items())
def test_at_headquarters(capability: Capability, answers: str) -> None:
    for role, answer in zip(ROLES, answers.split(), strict=True):
        assert (capability in capabilities(role, DataScope("hq"))) == (answer == "yes"), role


def test_the_table_is_complete() -> None:
    assert set(AT_HEADQUARTERS) == set(Capability)
    assert set(ROLES) == set(Role)


@pytest.mark.parametrize("kind", ["region", "store", "guide"])
@pytest.mark.parametrize("role", ROLES)
def test_outside_headquarters_nothing_brand_wide_is_left(role: Role, kind: ScopeName) -> None:
    held = capabilities(role, DataScope(kind, ("s1",)))
    assert held == capabilities(role, DataScope("hq")) & IN_A_STORE


def test_require_raises_for_what_is_not_listed() -> None:
    manager = Actor(1, "mo", "Mo", Role.SHOP_MANAGER, DataScope("store", ("s1",)))
    require(manager, Capability.SEE_MEMBERS)
    with pytest.raises(RefusedError, match="may not manage staff"):
        require(manager, Capability.MANAGE_STAFF)


@pytest.mark.parametrize(
    ("kind", "ids", "message"),
    [
        ("planet", (), "no data scope"),
        ("hq", ("s1",), "not cut by ids"),
        ("store", ("s",) * 1001, "too long"),
    ],
)
def test_a_scope_that_makes_no_sense_is_refused(
    kind: ScopeName, ids: tuple[str, ...], message: str
) -> None:
    with pytest.raises(RuleError, match=message):
        DataScope(kind, ids)
