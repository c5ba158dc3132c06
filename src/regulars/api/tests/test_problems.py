"""Every refusal is a problem of RFC 9457, and none says more than the client may know."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from regulars.api.door.problems import KINDS
from regulars.api.models import ApiKey
from regulars.api.services.keys import revoke_key
from regulars.api.tests.chain import SHOP_1, caller_with
from regulars.api.types import ApiScope
from regulars.api.v1 import catalog

pytestmark = pytest.mark.django_db


def check(answer: Any, kind: str) -> dict[str, Any]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    content: dict[str, Any] = answer.json()
    known = KINDS[kind]
    assert (answer.status_code, content["status"]) == (known.status, known.status)
    assert (content["type"], content["title"]) == (f"/api/v1/docs#{kind}", known.title)
    assert answer.headers["Cache-Control"] == "no-store"
    return content


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer x", "Bearer rgl_", "Bearer rgl_a_", "Bearer rgl_unknown1_secret",
     "Basic rgl_a_b", "Bearer rgl_\x00_b", "Bearer rgl_" + "a" * 500 + "_b"],
)  # fmt: skip
def test_without_a_valid_key_401(header: str) -> None:
    answer = Client().get("/api/v1/stores", HTTP_AUTHORIZATION=header)
    check(answer, "no-key")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_wrong_secret_and_a_wrong_prefix_look_the_same() -> None:
    system = caller_with()
    wrong = system.token[:-1] + ("0" if system.token[-1] != "0" else "1")
    first = Client().get("/api/v1/stores", HTTP_AUTHORIZATION=f"Bearer {wrong}")
    other = Client().get("/api/v1/stores", HTTP_AUTHORIZATION="Bearer rgl_unknown1_secret")
    assert (first.status_code, first.content) == (other.status_code, other.content)


def test_revocation_and_expiry_count_at_once() -> None:
    system, other = caller_with(), caller_with()
    assert [one.get("/stores").status_code for one in (system, other)] == [200, 200]
    revoke_key(None, key_id=system.key_id)
    check(system.get("/stores"), "no-key")
    late = caller_with()
    ApiKey.objects.filter(pk=late.key_id).update(expires_at=timezone.now() - timedelta(seconds=1))
    check(late.get("/stores"), "no-key")
    assert other.get("/stores").status_code == 200


def test_without_the_scope_403_and_it_is_named() -> None:
    system = caller_with(ApiScope.ORDERS_READ)
    assert "catalog:read" in check(system.get("/stores"), "not-allowed")["detail"]


def test_what_is_about_the_brand_needs_headquarters() -> None:
    system = caller_with(data_scope=SHOP_1)
    ApiKey.objects.filter(pk=system.key_id).update(scopes=[ApiScope.LOADS_READ.value])
    check(system.get("/loads"), "not-allowed")


def test_unknown_addresses_and_methods() -> None:
    system = caller_with()
    check(system.get("/nothing"), "not-found")
    check(Client().get("/api/"), "not-found")
    refused = system.send("DELETE", "/orders", {})
    check(refused, "method")
    assert refused.headers["Allow"] == "POST"


def test_bodies_that_cannot_be_read(settings: Settings) -> None:
    system = caller_with()
    check(system.send("POST", "/members/find", "{"), "bad-request")
    check(system.send("POST", "/members/find", b"\xff\xfe{"), "bad-request")
    check(system.send("POST", "/members/find", "a=1", content_type="text/plain"), "media-type")
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    check(system.send("POST", "/members/find", {"value": "x" * 100}), "too-large")


def test_what_is_not_valid_is_pointed_at_and_never_repeated() -> None:
    system = caller_with()
    line = {"line_no": "1", "product_id": "p1", "quantity": "13912345678x"}
    line |= {"net_amount": "1.234", "a/b~c": "1"}
    order: dict[str, Any] = {
        "order_id": "o1",
        "store_id": "s1",
        "ordered_at": "2024-01-05T08:00:00Z",
    }
    order |= {"channel": "pos", "lines": [line]}
    content = check(system.send("POST", "/orders", order), "not-valid")
    pointers = {fault["pointer"] for fault in content["errors"]}
    assert pointers == {"/lines/0/quantity", "/lines/0/net_amount", "/lines/0/a~1b~0c"}
    assert "13912345678" not in str(content)
    content = check(system.get("/products", limit=0), "not-valid")
    assert [fault["parameter"] for fault in content["errors"]] == ["limit"]


def test_too_many_requests_say_when_to_come_back() -> None:
    system = caller_with(rate=2)
    answers = [system.get("/stores") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"key";q=2;w=60'
    assert answers[0].headers["RateLimit"] == '"key";r=1;t=0'
    check(answers[2], "too-many")
    assert 25 <= int(answers[2].headers["Retry-After"]) <= 30


def test_a_failure_shows_nothing_of_the_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_all: object) -> bytes:
        raise ValueError("secret of the inside")

    monkeypatch.setattr(type(catalog.STORES), "page", fail)
    content = check(caller_with().get("/stores"), "internal")
    assert "inside" not in str(content)
    assert set(content) == {"type", "title", "status"}
