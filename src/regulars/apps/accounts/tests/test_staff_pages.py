"""The staff pages: what an administrator can do there, and nobody else."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from regulars.apps.accounts.models import AuditEvent, User
from regulars.apps.accounts.services import sign_in
from regulars.apps.accounts.tests.conftest import PASSWORD, MakeUser
from regulars.apps.accounts.types import DataScope, Role

NEW = {
    "username": "mo",
    "name": "Mo Li",
    "role": "shop_manager",
    "scope_kind": "store",
    "scope_ids": " s1，s2, s1 ",
    "password": PASSWORD,
}
QUERIES_MAX = 6


def test_a_user_is_created_from_the_form(admin_client: Client) -> None:
    assert admin_client.post("/staff/new/", NEW)["Location"] == "/staff/"
    user = User.objects.get(username="mo")
    assert (user.role, user.scope_kind, user.scope_ids) == ("shop_manager", "store", ["s1", "s2"])
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("username", {"username": "mo li"}),
        ("username", {"username": "ada"}),
        ("password", {"password": "12345678"}),
        ("scope_kind", {"role": "admin"}),
        ("scope_ids", {"scope_ids": ""}),
        ("scope_ids", {"role": "admin", "scope_kind": "hq"}),
        ("role", {"role": "owner"}),
        ("scope_kind", {"scope_kind": "planet"}),
    ],
)
def test_a_mistake_is_shown_at_its_field(
    admin_client: Client, field: str, changes: dict[str, str]
) -> None:
    answer = admin_client.post("/staff/new/", {**NEW, **changes})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert User.objects.count() == 1


def test_a_user_is_changed_deactivated_and_brought_back(
    admin_client: Client, make_user: MakeUser
) -> None:
    user = make_user("mo", Role.GUIDE, DataScope("guide", ("g1",)))
    form = {"name": "Mo", "role": "analyst", "scope_kind": "region", "scope_ids": "r1"}
    assert admin_client.post(f"/staff/{user.pk}/", form).status_code == 302
    admin_client.post(f"/staff/{user.pk}/active/", {"active": "0"})
    user.refresh_from_db()
    assert (user.username, user.role, user.scope_ids, user.is_active) == (
        "mo", "analyst", ["r1"], False,
    )  # fmt: skip
    admin_client.post(f"/staff/{user.pk}/active/", {"active": "1"})
    user.refresh_from_db()
    assert user.is_active is True


def test_the_last_administrator_is_told_why_not(admin_client: Client, admin: User) -> None:
    answer = admin_client.post(f"/staff/{admin.pk}/active/", {"active": "0"}, follow=True)
    assert "This is the last active administrator." in answer.content.decode()
    admin.refresh_from_db()
    assert admin.is_active is True


def test_a_locked_user_is_shown_and_unlocked(admin_client: Client, make_user: MakeUser) -> None:
    user = make_user("mo", Role.ANALYST)
    for _ in range(10):
        sign_in.try_password(username="mo", password="no")
    assert "Locked until" in admin_client.get("/staff/").content.decode()
    admin_client.post(f"/staff/{user.pk}/unlock/")
    assert "Locked until" not in admin_client.get("/staff/").content.decode()
    assert sign_in.try_password(username="mo", password=PASSWORD).outcome == "right"


def test_a_password_is_set(admin_client: Client, make_user: MakeUser) -> None:
    user = make_user("mo", Role.ANALYST)
    url = f"/staff/{user.pk}/password/"
    weak = admin_client.post(url, {"password": "12345678"})
    assert list(weak.context["password_form"].errors) == ["password"]
    assert admin_client.post(url, {"password": "other-river-9921"}).status_code == 302
    user.refresh_from_db()
    assert user.check_password("other-river-9921")
    assert "other-river-9921" not in repr(list(AuditEvent.objects.values()))


def test_a_user_that_does_not_exist_is_404(admin_client: Client) -> None:
    assert admin_client.get("/staff/999/").status_code == 404
    assert admin_client.post("/staff/999/unlock/").status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_nobody_else_gets_in(client: Client, admin: User, make_user: MakeUser, role: Role) -> None:
    client.force_login(make_user("eve", role, DataScope("store", ("s1",))))
    for name in ("staff", "roles", "staff_create", "audit"):
        assert client.get(reverse(f"accounts:{name}")).status_code == 403
    for name in ("staff_edit", "staff_active", "staff_password", "staff_unlock"):
        url = reverse(f"accounts:{name}", args=[admin.pk])
        assert client.post(url, {"active": "0", "password": "other-river-9921"}).status_code == 403
    assert client.post("/staff/new/", NEW).status_code == 403
    admin.refresh_from_db()
    assert User.objects.count() == 2
    assert admin.is_active is True
    assert admin.check_password(PASSWORD)


def test_the_pages_stay_within_their_queries(
    admin_client: Client,
    admin: User,
    make_user: MakeUser,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(30):
        make_user(f"user{number}", Role.ANALYST)
    for url in ("/staff/", "/staff/new/", "/staff/roles/", f"/staff/{admin.pk}/"):
        with django_assert_max_num_queries(QUERIES_MAX):
            assert admin_client.get(url).status_code == 200


def test_the_matrix_shows_every_role_and_capability(admin_client: Client) -> None:
    matrix = admin_client.get("/staff/roles/").context["matrix"]
    assert matrix.roles == (
        "Administrator", "Operations", "Analyst", "Shop manager", "Guide", "Service",
    )  # fmt: skip
    assert len(matrix.rows) == 13
    manage = next(row for row in matrix.rows if row.name == "Manage staff and roles")
    assert manage.allowed == (True, False, False, False, False, False)
