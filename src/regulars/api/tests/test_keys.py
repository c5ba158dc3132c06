"""Keys are made once, kept as a hash, revoked for good, and each act is written down."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from regulars.api.models import ApiKey
from regulars.api.queries.keys import api_key, api_keys
from regulars.api.services.keys import create_key, revoke_key
from regulars.api.types import ApiScope, KeyDetails, KeyState
from regulars.apps.accounts.models import AuditEvent
from regulars.apps.accounts.types import Actor, DataScope, Role
from regulars.base.errors import NotVisibleError, RefusedError, RuleError

pytestmark = pytest.mark.django_db

TILL = KeyDetails("Till 7", (ApiScope.ORDERS_WRITE,), DataScope("store", ("S01",)), 120)
ADMIN = Actor(1, "li.na", "Li Na", Role.ADMIN, DataScope("hq"))


def test_the_token_is_shown_once_and_only_its_hash_is_kept() -> None:
    made = create_key(None, TILL)
    rgl, prefix, secret = made.token.split("_")
    assert (rgl, prefix, len(secret)) == ("rgl", made.prefix, 32)
    held = ApiKey.objects.get()
    assert held.secret_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in str(api_keys()) + str(vars(held)).replace(held.secret_hash, "")


def test_the_list_says_what_a_key_may_and_when_it_ends() -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    create_key(None, TILL)
    create_key(None, replace(TILL, name="Shop", expires_at=tomorrow))
    shop, till = api_keys()
    assert (shop.name, shop.expires_at, shop.state) == ("Shop", tomorrow, KeyState.ACTIVE)
    assert (till.scopes, till.data_scope, till.rate_per_minute, till.created_by) == (
        (ApiScope.ORDERS_WRITE,),
        DataScope("store", ("S01",)),
        120,
        "system",
    )
    ApiKey.objects.filter(pk=shop.key_id).update(expires_at=timezone.now())
    assert [key.state for key in api_keys()] == [KeyState.EXPIRED, KeyState.ACTIVE]


def test_a_key_is_revoked_once() -> None:
    made = create_key(None, TILL)
    assert revoke_key(None, key_id=made.key_id) is True
    assert revoke_key(None, key_id=made.key_id) is False
    found = api_key(made.prefix)
    assert found is not None
    assert (found.state, found.revoked_by) == (KeyState.REVOKED, "system")
    with pytest.raises(NotVisibleError):
        revoke_key(None, key_id=made.key_id + 1)


def test_the_audit_trail_names_the_key_and_never_the_secret() -> None:
    made = create_key(None, TILL)
    revoke_key(None, key_id=made.key_id)
    events = list(AuditEvent.objects.order_by("pk"))
    assert [(one.action, one.object_kind, one.object_id) for one in events] == [
        ("create", "api_key", made.prefix),
        ("revoke_key", "api_key", made.prefix),
    ]
    assert events[0].detail == {
        "may": ["orders:write"],
        "scope": {"kind": "store", "ids": ["S01"]},
        "rate_per_minute": 120,
        "expires_at": "",
    }


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_only_administrators_make_and_revoke_keys(role: Role) -> None:
    made = create_key(None, TILL)
    actor = replace(ADMIN, role=role)
    with pytest.raises(RefusedError):
        create_key(actor, TILL)
    with pytest.raises(RefusedError):
        revoke_key(actor, key_id=made.key_id)
    assert [key.state for key in api_keys()] == [KeyState.ACTIVE]


@pytest.mark.parametrize(
    ("where", "details"),
    [
        ("name", replace(TILL, name="  ")),
        ("name", replace(TILL, name="n" * 65)),
        ("scopes", replace(TILL, scopes=())),
        ("scopes", replace(TILL, scopes=(ApiScope.LOADS_READ,))),
        ("data_scope", replace(TILL, data_scope=DataScope("store"))),
        ("rate_per_minute", replace(TILL, rate_per_minute=0)),
        ("rate_per_minute", replace(TILL, rate_per_minute=1_000_001)),
        ("expires_at", replace(TILL, expires_at=timezone.now())),
    ],
)
def test_details_that_make_no_sense_are_refused(where: str, details: KeyDetails) -> None:
    with pytest.raises(RuleError) as refused:
        create_key(None, details)
    assert refused.value.where == where
    assert api_keys() == ()
