"""Signing in and out through the pages, and how long a session is good for."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from regulars.apps.accounts.models import AuditEvent, User
from regulars.apps.accounts.services import staff
from regulars.apps.accounts.tests.conftest import PASSWORD, MakeUser
from regulars.apps.accounts.types import DataScope, Role, StaffDetails

SIGN_IN = "/sign-in/"
PROFILE = "/profile/"


def sign_in(client: Client, password: str = PASSWORD, **more: str) -> int:
    answer = client.post(SIGN_IN, {"username": "ada", "password": password, **more})
    return answer.status_code


def test_a_right_password_opens_a_session_under_a_new_key(client: Client, admin: User) -> None:
    session = client.session
    session["seen"] = "before"
    session.save()
    planted = session.session_key
    answer = client.post(SIGN_IN, {"username": "Ada", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, reverse("console:overview"))
    assert client.session.session_key != planted
    assert "seen" not in client.session
    event = AuditEvent.objects.get()
    assert (event.action, event.actor_id, event.ip) == ("sign_in", admin.pk, "127.0.0.1")


def test_a_wrong_password_does_not_say_what_was_wrong(client: Client, admin: User) -> None:
    wrong = client.post(SIGN_IN, {"username": "ada", "password": "no"})
    unknown = client.post(SIGN_IN, {"username": "eve", "password": "no"})
    assert wrong.status_code == unknown.status_code == 200
    message = "This user name and password do not go together."
    assert wrong.context["form"].non_field_errors() == [message]
    assert unknown.context["form"].non_field_errors() == [message]
    assert "_auth_user_id" not in client.session


def test_a_locked_name_gets_the_same_page_for_any_password(client: Client, admin: User) -> None:
    for _ in range(10):
        sign_in(client, "no")
    pages = [
        client.post(SIGN_IN, {"username": "ada", "password": password})
        for password in ("no", PASSWORD)
    ]
    assert [page.status_code for page in pages] == [429, 429]
    texts = [page.context["locked_until"] for page in pages]
    assert texts[0] == texts[1]
    for page in pages:
        assert "Too many wrong passwords. Try again after" in page.content.decode()
        assert 0 < int(page["Retry-After"]) <= 900
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/staff/", "/staff/"),
        ("https://evil.example/", None),
        ("//evil.example/", None),
        ("javascript:alert(1)", None),
    ],
)
def test_after_signing_in_only_our_own_pages_follow(
    client: Client, admin: User, wanted: str, reached: str | None
) -> None:
    answer = client.post(SIGN_IN, {"username": "ada", "password": PASSWORD, "next": wanted})
    assert answer["Location"] == (reached or reverse("console:overview"))


def test_every_page_but_sign_in_asks_for_it(client: Client, admin: User) -> None:
    for name in ("profile", "password", "staff", "roles", "staff_create", "audit"):
        url = reverse(f"accounts:{name}")
        answer = client.get(url)
        assert (answer.status_code, answer["Location"]) == (302, f"{SIGN_IN}?next={url}")
    assert client.get(SIGN_IN).status_code == 200


def test_signing_out_needs_a_post_and_ends_the_session(admin_client: Client) -> None:
    assert admin_client.get("/sign-out/").status_code == 405
    assert admin_client.get(PROFILE).status_code == 200
    assert admin_client.post("/sign-out/").status_code == 302
    assert admin_client.get(PROFILE).status_code == 302
    assert AuditEvent.objects.filter(action="sign_out").count() == 1


def test_a_post_without_a_token_is_refused(admin: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict) == 403
    assert AuditEvent.objects.count() == 0


def test_a_deactivated_user_is_out_at_once(
    client: Client, admin: User, make_user: MakeUser
) -> None:
    make_user("bea")
    assert sign_in(client) == 302
    staff.set_active(None, user_id=admin.pk, active=False)
    assert client.get(PROFILE).status_code == 302


def test_a_changed_role_counts_at_once(client: Client, admin: User, make_user: MakeUser) -> None:
    make_user("bea")
    sign_in(client)
    assert client.get("/staff/").status_code == 200
    details = StaffDetails("ada", "Ada", Role.ANALYST, DataScope("hq"))
    staff.change_staff(None, user_id=admin.pk, details=details)
    assert client.get("/staff/").status_code == 403


def test_a_new_password_ends_the_sessions(client: Client, admin: User) -> None:
    sign_in(client)
    staff.set_password(None, user_id=admin.pk, password="other-river-9921")
    assert client.get(PROFILE).status_code == 302


def test_the_cookie_is_kept_from_scripts_and_other_sites(
    client: Client, admin: User, settings: Settings
) -> None:
    settings.SESSION_COOKIE_SECURE = True
    sign_in(client)
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    assert cookie["secure"] is True


def test_the_users_language_comes_along(client: Client, admin: User) -> None:
    User.objects.filter(pk=admin.pk).update(language="zh-hans")
    sign_in(client)
    assert client.cookies["django_language"].value == "zh-hans"


def test_a_password_never_reaches_the_page(client: Client, admin: User) -> None:
    answer = client.post(SIGN_IN, {"username": "ada", "password": "typed-secret-77"})
    assert "typed-secret-77" not in answer.content.decode()
