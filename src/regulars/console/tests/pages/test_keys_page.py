"""API keys in the console: made once in the clear, listed by their beginning, revoked on demand."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from regulars.api.models import ApiKey
from regulars.api.services.keys import secret_hash
from regulars.apps.accounts.models import AuditEvent
from regulars.apps.accounts.types import DataScope, Role
from regulars.console.tests.chain import Chain
from regulars.console.tests.conftest import SignIn

ASKED = {
    "name": "Till of shop s1",
    "scopes": ["members:read", "orders:write"],
    "scope_kind": "store",
    "scope_ids": "s1",
    "rate_per_minute": "120",
    "expires_on": "2999-12-31",
}
_TOKEN = re.compile(r"rgl_([0-9a-z]{8})_([0-9a-z]{32})")


@pytest.fixture
def admin(sign_in: SignIn) -> Client:
    return sign_in(Role.ADMIN)


def test_the_secret_is_shown_once_and_kept_as_a_hash(admin: Client) -> None:
    answer = admin.post("/keys/new/", ASKED)
    assert "no-store" in answer.headers["Cache-Control"]
    prefix, secret = _TOKEN.findall(answer.content.decode())[0]
    key = ApiKey.objects.get(prefix=prefix)
    assert key.secret_hash == secret_hash(secret)
    assert (key.name, key.scopes) == ("Till of shop s1", ["members:read", "orders:write"])
    assert (key.scope_kind, key.scope_ids, key.rate_per_minute) == ("store", ["s1"], 120)
    assert key.expires_at is not None
    assert key.expires_at.isoformat() == "2999-12-31T16:00:00+00:00"  # the end of the day in China
    page = admin.get("/keys/").content.decode()
    assert f"rgl_{prefix}_…" in page
    assert secret not in page


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"scope_ids": ""},
        {"scope_ids": "s9"},
        {"scope_kind": "hq"},
        {"rate_per_minute": "0"},
        {"expires_on": "2020-01-01"},
        {"scopes": ["loads:read"]},
    ],
    ids=str,
)
def test_what_makes_no_sense_makes_no_key(
    chain: Chain, admin: Client, changed: dict[str, object]
) -> None:
    answer = admin.post("/keys/new/", ASKED | changed)
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_a_key_is_revoked_after_the_question(admin: Client) -> None:
    admin.post("/keys/new/", ASKED)
    key = ApiKey.objects.get()
    address = f"/keys/{key.pk}/revoke/"
    assert str(ASKED["name"]) in admin.get(address).content.decode()
    assert ApiKey.objects.get().revoked_at is None
    assert admin.post(address).headers["Location"] == "/keys/"
    assert ApiKey.objects.get().revoked_by == "admin-0"
    assert address not in admin.get("/keys/").content.decode()
    assert admin.get(address).status_code == 302
    assert AuditEvent.objects.filter(object_kind="api_key").count() == 2


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_nobody_else_comes_near_keys(sign_in: SignIn, role: Role) -> None:
    scope = DataScope("guide", ("g1",)) if role is Role.GUIDE else DataScope("store", ("s1",))
    client = sign_in(role, scope)
    for address in ("/keys/", "/keys/new/", "/keys/1/revoke/"):
        assert client.get(address).status_code == 403
        assert client.post(address, ASKED).status_code == 403
    assert not ApiKey.objects.exists()
    assert "/keys/" not in client.get("/").content.decode()


def test_a_key_that_is_not_there_is_not_found(admin: Client) -> None:
    assert admin.get("/keys/77/revoke/").status_code == 404
    assert admin.post("/keys/77/revoke/").status_code == 404
