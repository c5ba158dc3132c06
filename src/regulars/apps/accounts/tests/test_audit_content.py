"""An event says who, what and when, and holds no secret and no direct identifier."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.apps.accounts.models import AuditEvent
from regulars.apps.accounts.services import audit
from regulars.apps.accounts.types import Action, Actor
from regulars.base.errors import RuleError


def test_an_event_names_the_actor_and_the_object(actor: Actor) -> None:
    audit.record(
        actor,
        Action.REVEAL,
        object_kind="member",
        object_id="m0123456789abcdef",
        detail={"identifier_kind": "phone"},
    )
    event = AuditEvent.objects.get()
    assert (event.actor_id, event.actor_name, event.ip) == (actor.user_id, "ada", "10.0.0.9")
    assert (event.action, event.object_kind) == ("reveal", "member")
    assert event.object_id == "m0123456789abcdef"
    assert event.detail == {"identifier_kind": "phone"}


@pytest.mark.parametrize(
    "detail",
    [
        {"password": "x"},
        {"filter": {"Phone": "x"}},
        {"query": "13800138000"},
        {"query": "+1 555 123 4567"},
        {"query": "(555) 123-4567"},
        {"query": "li.na@shop.example"},
        {"filters": [{"text": "call +8613800138000"}, "+8613800138000"]},
    ],
)
def test_a_secret_or_an_identifier_is_refused_and_nothing_is_stored(
    db: None, detail: dict[str, Any]
) -> None:
    with pytest.raises(RuleError, match="may not hold a secret"):
        audit.record(None, Action.EXPORT, detail=detail)
    assert AuditEvent.objects.count() == 0


@pytest.mark.parametrize(
    "detail",
    [
        {"rows": 13800138000},
        {"order_id": "13800138000", "store_ids": ["1380013800012"]},
        {"as_of": "2018-01-01", "from": "2017-01-01T00:00:00"},
        {"stage": "dormant", "net_amount": "1234567.89"},
        {"scope": {"kind": "store", "ids": ["31582", "13912345678"]}},
    ],
)
def test_numbers_ids_dates_and_amounts_are_taken(db: None, detail: dict[str, Any]) -> None:
    audit.record(None, Action.EXPORT, detail=detail)
    assert AuditEvent.objects.get().detail == detail
