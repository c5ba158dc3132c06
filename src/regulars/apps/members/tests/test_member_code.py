"""One code names the same member in every channel, for a minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from regulars.apps.members.models import Member
from regulars.apps.members.services.member_code import member_code, member_of_code
from regulars.apps.members.tests.loads import load, one
from regulars.base.errors import IdentityError

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 3, 1, 12, 0, 30, tzinfo=UTC)


@pytest.fixture
def member_id() -> str:
    return one(("card_no", "A1"))


def test_till_web_and_mini_program_read_the_same_member(member_id: str) -> None:
    code = member_code(member_id, at=NOW)
    assert member_of_code(code, at=NOW) == member_id
    assert member_of_code(f" {code.lower()} ", at=NOW) == member_id


def test_a_code_fits_a_barcode_and_a_small_qr_code(member_id: str) -> None:
    code = member_code(member_id, at=NOW)
    assert len(code) == 39
    assert code.isascii()
    assert code.isalnum()
    assert code == code.upper()


def test_the_code_rotates_and_expires(member_id: str) -> None:
    code = member_code(member_id, at=NOW)
    assert member_code(member_id, at=NOW + timedelta(seconds=29)) == code
    assert member_code(member_id, at=NOW + timedelta(seconds=30)) != code
    assert member_of_code(code, at=NOW + timedelta(seconds=89)) == member_id
    for moment in (NOW + timedelta(seconds=90), NOW - timedelta(seconds=31)):
        with pytest.raises(IdentityError, match="names nobody"):
            member_of_code(code, at=moment)


def test_a_forged_code_names_nobody(member_id: str) -> None:
    code = member_code(member_id, at=NOW)
    for place in range(len(code)):
        other = "0" if code[place] != "0" else "1"
        with pytest.raises(IdentityError):
            member_of_code(code[:place] + other + code[place + 1 :], at=NOW)
    for text in ("", "R", code[:-1], code + "0", "会员码" * 13):
        with pytest.raises(IdentityError):
            member_of_code(text, at=NOW)


def test_another_installation_s_code_names_nobody(member_id: str, settings: Settings) -> None:
    code = member_code(member_id, at=NOW)
    settings.SECRET_KEY = "another"
    with pytest.raises(IdentityError):
        member_of_code(code, at=NOW)


def test_a_merged_member_s_code_names_the_survivor(member_id: str) -> None:
    app = one(("unionid", "U1"))
    code = member_code(app, at=NOW)
    load([("card_no", "A1"), ("unionid", "U1")])
    assert member_of_code(code, at=NOW) == member_id
    with pytest.raises(IdentityError, match="active"):
        member_code(app, at=NOW)


def test_an_erased_member_s_code_names_nobody(member_id: str) -> None:
    code = member_code(member_id, at=NOW)
    Member.objects.filter(pk=member_id).update(state="erased")
    with pytest.raises(IdentityError):
        member_of_code(code, at=NOW)
