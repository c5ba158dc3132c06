"""What a user decides about himself."""

from __future__ import annotations

import pytest
from django.test import Client

from regulars.apps.accounts.models import AuditEvent, User
from regulars.apps.accounts.services import profile
from regulars.apps.accounts.tests.conftest import PASSWORD
from regulars.apps.accounts.types import Actor
from regulars.base.errors import RuleError


def test_name_language_and_theme_are_kept_and_the_page_follows(
    admin_client: Client, admin: User
) -> None:
    form = {"name": " 李娜 ", "language": "zh-hans", "theme": "dark"}
    assert admin_client.post("/profile/", form).status_code == 302
    admin.refresh_from_db()
    assert (admin.name, admin.language, admin.theme) == ("李娜", "zh-hans", "dark")
    page = admin_client.get("/profile/").content.decode()
    tag = page[page.index("<html") : page.index("<head>")]
    assert 'lang="zh-hans"' in tag
    assert 'data-bs-theme="dark"' in tag


def test_what_is_not_offered_is_refused(admin_client: Client, admin: User, actor: Actor) -> None:
    answer = admin_client.post("/profile/", {"language": "tlh", "theme": "neon"})
    assert sorted(answer.context["form"].errors) == ["language", "theme"]
    with pytest.raises(RuleError):
        profile.set_language(actor, "tlh")
    with pytest.raises(RuleError):
        profile.set_theme(actor, "neon")
    admin.refresh_from_db()
    assert (admin.language, admin.theme) == ("", "auto")


def test_the_own_password_is_changed_and_this_session_goes_on(
    admin_client: Client, admin: User
) -> None:
    other = Client()
    other.force_login(admin)
    answer = admin_client.post(
        "/profile/password/", {"old": PASSWORD, "new": "other-river-9921"}, follow=True
    )
    assert answer.redirect_chain == [("/profile/", 302)]
    assert answer.status_code == 200
    assert other.get("/profile/").status_code == 302
    admin.refresh_from_db()
    assert admin.check_password("other-river-9921")
    assert AuditEvent.objects.filter(action="change", object_id=str(admin.pk)).count() == 1


@pytest.mark.parametrize(
    ("old", "new", "field"), [("wrong", "other-river-9921", "old"), (PASSWORD, "12345678", "new")]
)
def test_a_wrong_or_weak_password_changes_nothing(
    admin_client: Client, admin: User, old: str, new: str, field: str
) -> None:
    answer = admin_client.post("/profile/password/", {"old": old, "new": new})
    assert list(answer.context["form"].errors) == [field]
    admin.refresh_from_db()
    assert admin.check_password(PASSWORD)
    assert not AuditEvent.objects.filter(action="change").exists()


def test_an_open_session_is_no_place_to_guess_the_password(
    admin_client: Client, admin: User
) -> None:
    for number in range(10):
        guess = {"old": f"guess-{number}", "new": "other-river-9921"}
        answer = admin_client.post("/profile/password/", guess)
    assert "Too many wrong passwords" in answer.content.decode()
    right = {"old": PASSWORD, "new": "other-river-9921"}
    answer = admin_client.post("/profile/password/", right)
    assert list(answer.context["form"].errors) == ["old"]
    admin.refresh_from_db()
    assert admin.check_password(PASSWORD)
    failed = AuditEvent.objects.filter(action="sign_in_failed", object_id=str(admin.pk))
    assert failed.count() == 10
