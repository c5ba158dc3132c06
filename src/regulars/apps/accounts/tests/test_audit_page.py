"""The audit page: newest first, filtered, page by page."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from regulars.apps.accounts.services import audit
from regulars.apps.accounts.types import Action, Actor

QUERIES_MAX = 5


@pytest.fixture(autouse=True)
def _events(actor: Actor) -> None:
    for number in range(60):
        audit.record(actor, Action.EXPORT, object_kind="list", object_id=f"e{number}")
    audit.record(None, Action.LOAD, detail={"rows": 12, "note": "<b>bold</b>"})


def shown(client: Client, query: str = "") -> list[str]:
    rows = client.get(f"/audit/{query}").context["rows"]
    return [row.object_id for row in rows]


def test_newest_first_and_fifty_on_a_page(admin_client: Client) -> None:
    assert shown(admin_client) == ["", *(f"e{number}" for number in range(59, 10, -1))]
    assert shown(admin_client, "?page=2") == [f"e{number}" for number in range(10, -1, -1)]


@pytest.mark.parametrize("page", ["0", "x", "-1", "99999999999999999999", "٣"])
def test_a_page_that_is_no_number_is_a_page_all_the_same(admin_client: Client, page: str) -> None:
    assert admin_client.get("/audit/", {"page": page}).status_code == 200


def test_filters(admin_client: Client) -> None:
    assert shown(admin_client, "?action=load") == [""]
    assert len(shown(admin_client, "?actor=ada")) == 50
    assert shown(admin_client, "?actor=eve") == []
    assert shown(admin_client, "?last_day=2001-01-01") == []
    assert shown(admin_client, "?first_day=2001-01-01&action=load") == [""]
    assert shown(admin_client, "?first_day=0001-01-01&last_day=9999-12-31&action=load") == [""]


def test_a_filter_that_makes_no_sense_is_shown_as_a_mistake(admin_client: Client) -> None:
    answer = admin_client.get("/audit/?action=dance&first_day=yesterday")
    assert answer.status_code == 200
    assert sorted(answer.context["form"].errors) == ["action", "first_day"]


def test_details_are_escaped(admin_client: Client) -> None:
    page = admin_client.get("/audit/").content.decode()
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "<b>bold" not in page


def test_the_page_stays_within_its_queries(
    admin_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(QUERIES_MAX):
        assert admin_client.get("/audit/").status_code == 200


def test_of_before_and_after_only_the_difference_is_shown(
    admin_client: Client, actor: Actor
) -> None:
    audit.record(
        actor,
        Action.CHANGE,
        object_kind="user",
        detail={
            "before": {"role": "guide", "scope": {"kind": "guide", "ids": ["g1"]}, "active": True},
            "after": {"role": "guide", "scope": {"kind": "guide", "ids": []}, "active": False},
        },
    )
    row = admin_client.get("/audit/?action=change").context["rows"][0]
    assert row.facts == (("scope.ids", "g1 → –"), ("active", "true → false"))
