"""Creating, changing and deactivating staff: who may, what is refused, what the trail keeps."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from regulars.apps.accounts.models import AuditEvent, User
from regulars.apps.accounts.queries import staff_user, staff_users
from regulars.apps.accounts.services.staff import (
    change_staff,
    create_staff,
    set_active,
    set_password,
)
from regulars.apps.accounts.tests.conftest import PASSWORD, MakeUser, actor_for
from regulars.apps.accounts.types import Actor, DataScope, Role, ScopeName, StaffDetails
from regulars.base.errors import NotVisibleError, RefusedError, RuleError

MANAGER = StaffDetails("Mo", "Mo Li", Role.SHOP_MANAGER, DataScope("store", ("s1",)))
AT_HQ = StaffDetails("mo", "Mo Li", Role.OPERATIONS, DataScope("hq"))


def test_a_new_user_has_what_was_asked_for(actor: Actor) -> None:
    user_id = create_staff(actor, MANAGER, password=PASSWORD)
    user = staff_user(user_id)
    assert (user.username, user.name, user.role) == ("mo", "Mo Li", Role.SHOP_MANAGER)
    assert (user.scope, user.active) == (DataScope("store", ("s1",)), True)
    assert User.objects.get(pk=user_id).check_password(PASSWORD)
    event = AuditEvent.objects.get()
    assert (event.action, event.actor_name, event.object_id) == ("create", "ada", str(user_id))
    assert event.detail == {
        "after": {
            "role": "shop_manager",
            "scope": {"kind": "store", "ids": ["s1"]},
            "active": True,
        }
    }


def test_a_change_keeps_before_and_after(actor: Actor) -> None:
    user_id = create_staff(actor, MANAGER, password=PASSWORD)
    assert change_staff(actor, user_id=user_id, details=AT_HQ) is True
    detail = AuditEvent.objects.get(action="change").detail
    assert detail["before"]["role"] == "shop_manager"
    assert detail["after"]["scope"] == {"kind": "hq", "ids": []}


def test_a_change_to_the_same_is_no_event(actor: Actor) -> None:
    user_id = create_staff(actor, MANAGER, password=PASSWORD)
    assert change_staff(actor, user_id=user_id, details=MANAGER) is False
    assert AuditEvent.objects.filter(action="change").count() == 0


def test_a_taken_name_is_refused_whatever_its_case(actor: Actor) -> None:
    create_staff(actor, MANAGER, password=PASSWORD)
    with pytest.raises(RuleError, match="taken"):
        create_staff(actor, StaffDetails("ＭO", "", Role.ADMIN, DataScope("hq")), password=PASSWORD)
    assert User.objects.filter(username="mo").get().role == "shop_manager"
    assert AuditEvent.objects.filter(action="create").count() == 1


@pytest.mark.parametrize("password", ["short1", "password", "83920174655", "mo-li-mo"])
def test_a_weak_password_is_refused(actor: Actor, password: str) -> None:
    with pytest.raises(RuleError) as caught:
        create_staff(
            actor, StaffDetails("mo-li-mo", "", Role.ADMIN, DataScope("hq")), password=password
        )
    assert caught.value.where == "password"
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        (Role.ADMIN, "store"),
        (Role.SHOP_MANAGER, "hq"),
        (Role.SHOP_MANAGER, "region"),
        (Role.GUIDE, "store"),
        (Role.ANALYST, "guide"),
    ],
)
def test_a_role_that_does_not_go_with_the_scope_is_refused(
    actor: Actor, role: Role, kind: ScopeName
) -> None:
    scope = DataScope(kind, () if kind == "hq" else ("s1",))
    with pytest.raises(RuleError, match="does not go with"):
        create_staff(actor, StaffDetails("mo", "", role, scope), password=PASSWORD)
    assert User.objects.count() == 1


def test_a_scope_without_ids_is_refused(actor: Actor) -> None:
    with pytest.raises(RuleError, match="sees nobody"):
        create_staff(
            actor,
            StaffDetails("mo", "", Role.SHOP_MANAGER, DataScope("store")),
            password=PASSWORD,
        )


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_nobody_but_an_administrator_may(make_user: MakeUser, role: Role) -> None:
    other = make_user("ada")
    intruder = actor_for(make_user("eve", role))
    with pytest.raises(RefusedError):
        create_staff(intruder, MANAGER, password=PASSWORD)
    with pytest.raises(RefusedError):
        change_staff(intruder, user_id=other.pk, details=AT_HQ)
    with pytest.raises(RefusedError):
        set_active(intruder, user_id=other.pk, active=False)
    with pytest.raises(RefusedError):
        set_password(intruder, user_id=other.pk, password="other-river-9921")
    held = User.objects.get(pk=other.pk)
    assert User.objects.count() == 2
    assert (held.role, held.is_active, held.check_password(PASSWORD)) == ("admin", True, True)
    assert AuditEvent.objects.count() == 0


def test_the_last_active_administrator_stays(actor: Actor, make_user: MakeUser) -> None:
    second = make_user("bea")
    set_active(actor, user_id=second.pk, active=False)
    with pytest.raises(RuleError, match="last active administrator"):
        set_active(actor, user_id=actor.user_id, active=False)
    with pytest.raises(RuleError, match="last active administrator"):
        change_staff(actor, user_id=actor.user_id, details=AT_HQ)
    held = User.objects.get(pk=actor.user_id)
    assert (held.role, held.is_active) == ("admin", True)
    assert AuditEvent.objects.filter(object_id=str(actor.user_id)).count() == 0


def test_one_of_two_administrators_may_go(actor: Actor, make_user: MakeUser) -> None:
    make_user("bea")
    assert change_staff(actor, user_id=actor.user_id, details=AT_HQ) is True


def test_an_unknown_user_is_not_there(actor: Actor) -> None:
    with pytest.raises(NotVisibleError):
        change_staff(actor, user_id=999, details=AT_HQ)
    with pytest.raises(NotVisibleError):
        staff_user(999)


def test_the_list_takes_two_queries_however_long(
    make_user: MakeUser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        make_user(f"user{number:02}")
    with django_assert_num_queries(2):
        users = staff_users()
    assert [user.username for user in users] == [f"user{number:02}" for number in range(12)]
