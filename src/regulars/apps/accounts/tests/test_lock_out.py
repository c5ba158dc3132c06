"""The tenth wrong password in a row locks the name for fifteen minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from regulars.apps.accounts.models import AuditEvent, SignInGuard, User
from regulars.apps.accounts.services.sign_in import try_password, unlock
from regulars.apps.accounts.tests.conftest import PASSWORD, MakeUser
from regulars.apps.accounts.types import Actor


def outcomes(username: str, *passwords: str) -> list[str]:
    return [try_password(username=username, password=word).outcome for word in passwords]


def later(monkeypatch: pytest.MonkeyPatch, wait: timedelta) -> None:
    moment = timezone.now() + wait
    monkeypatch.setattr(timezone, "now", lambda: moment)


def test_nine_wrong_passwords_do_not_lock(admin: User) -> None:
    assert outcomes("ada", *["no"] * 9, PASSWORD) == ["wrong"] * 9 + ["right"]


def test_the_tenth_wrong_password_locks_for_fifteen_minutes(admin: User) -> None:
    before = timezone.now()
    assert outcomes("ada", *["no"] * 9) == ["wrong"] * 9
    verdict = try_password(username="ada", password="no")
    assert verdict.outcome == "locked"
    assert verdict.locked_until is not None
    assert timedelta(minutes=15) <= verdict.locked_until - before < timedelta(minutes=16)


def test_the_right_password_is_refused_while_locked(admin: User) -> None:
    outcomes("ada", *["no"] * 10)
    held = SignInGuard.objects.get()
    verdict = try_password(username="ada", password=PASSWORD)
    assert (verdict.outcome, verdict.user_id) == ("locked", None)
    assert verdict.locked_until == held.locked_until
    assert SignInGuard.objects.get().updated_at == held.updated_at


def test_trying_while_locked_does_not_lock_longer(admin: User) -> None:
    outcomes("ada", *["no"] * 10)
    until = SignInGuard.objects.get().locked_until
    assert outcomes("ada", *["no"] * 5) == ["locked"] * 5
    assert SignInGuard.objects.get().locked_until == until


def test_the_lock_ends_and_the_count_begins_anew(
    admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes("ada", *["no"] * 10)
    later(monkeypatch, timedelta(minutes=15, seconds=1))
    assert outcomes("ada", *["no"] * 9) == ["wrong"] * 9
    assert outcomes("ada", PASSWORD) == ["right"]


def test_a_second_before_its_end_the_lock_holds(
    admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes("ada", *["no"] * 10)
    later(monkeypatch, timedelta(minutes=14, seconds=55))
    assert outcomes("ada", PASSWORD) == ["locked"]


def test_a_right_password_starts_the_count_again(admin: User) -> None:
    assert outcomes("ada", *["no"] * 9, PASSWORD, *["no"] * 9)[-1] == "wrong"
    assert SignInGuard.objects.get().failures == 9


def test_the_name_is_counted_whatever_its_case(admin: User) -> None:
    outcomes("ada", *["no"] * 5)
    outcomes(" ADA ", *["no"] * 4)
    assert outcomes("Ａda", "no") == ["locked"]


def test_another_user_is_not_locked(admin: User, make_user: MakeUser) -> None:
    make_user("bob")
    outcomes("ada", *["no"] * 10)
    assert outcomes("bob", PASSWORD) == ["right"]


def test_a_name_nobody_has_answers_the_same(admin: User) -> None:
    assert outcomes("nobody", *["no"] * 11) == outcomes("ada", *["no"] * 11)
    assert outcomes("nobody", PASSWORD) == outcomes("ada", PASSWORD) == ["locked"]


def test_a_deactivated_user_answers_like_a_wrong_password(admin: User) -> None:
    User.objects.filter(pk=admin.pk).update(is_active=False)
    assert outcomes("ada", PASSWORD) == ["wrong"]


def test_names_nobody_has_are_forgotten_after_a_day_and_others_are_not(
    admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes("nobody", "no")
    outcomes("ada", "no")
    later(monkeypatch, timedelta(days=1, minutes=1))
    outcomes("somebody", "no")
    assert sorted(SignInGuard.objects.values_list("known", flat=True)) == [False, True]


def test_the_typed_name_is_not_stored(admin: User) -> None:
    outcomes("my-password-by-mistake", "no")
    held = repr(list(SignInGuard.objects.values())) + repr(list(AuditEvent.objects.values()))
    assert "mistake" not in held


def test_an_administrator_unlocks(admin: User, actor: Actor) -> None:
    outcomes("ada", *["no"] * 10)
    assert unlock(actor, user_id=admin.pk) is True
    assert outcomes("ada", PASSWORD) == ["right"]
    assert unlock(actor, user_id=admin.pk) is False
    assert AuditEvent.objects.filter(action="unlocked").count() == 1


def test_failures_and_the_lock_are_in_the_audit_trail(admin: User) -> None:
    for _ in range(12):
        try_password(username="ada", password="no", ip="10.1.2.3")
    events = list(AuditEvent.objects.order_by("id").values_list("action", "object_id", "ip"))
    about = str(admin.pk)
    failed = ("sign_in_failed", about, "10.1.2.3")
    assert events == [failed] * 10 + [("locked", about, "10.1.2.3")]
