"""Write to the audit trail: what was done, by whom, to what. Never a secret or an identifier."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from regulars.apps.accounts.models import AuditEvent
from regulars.apps.accounts.types import Action, Actor
from regulars.base.errors import RuleError

SYSTEM = "system"
NOBODY = "nobody"

_SECRET_KEYS = frozenset(
    {"password", "secret", "token", "key", "phone", "email", "address", "card_no", "openid"}
    | {"unionid", "identifier", "plaintext", "value"}
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+\d[\d ().-]{6,}|1[3-9]\d{9}|(?=.*[ ().-])(\d[ ().-]*|[(]){10,16}")


def record(
    actor: Actor | None,
    action: Action,
    *,
    object_kind: str = "",
    object_id: str = "",
    detail: Mapping[str, Any] | None = None,
    by: str = SYSTEM,
    ip: str = "",
) -> int:
    """Append one event and return its id; without an actor it was ``by`` the system or nobody.

    Raises ``RuleError`` when the detail looks like a secret, a phone number or an e-mail address:
    the trail names things by their random ids.
    """
    facts = dict(detail or {})
    _refuse_identifiers("detail", facts)
    event = AuditEvent.objects.create(
        actor_id=actor.user_id if actor else None,
        actor_name=actor.username if actor else by,
        action=action,
        object_kind=object_kind,
        object_id=object_id,
        detail=facts,
        ip=(actor.ip if actor else ip) or None,
    )
    return event.pk


def names_somebody(text: str, *, place: str) -> bool:
    """Whether this looks like an e-mail address or a phone number.

    Where the place is called an id (``store_id``), digits are no phone: ids are digits too.
    """
    if _EMAIL.search(text):
        return True
    return not place.endswith(("id", "ids")) and bool(_PHONE.fullmatch(text.strip()))


def _refuse_identifiers(place: str, found: object) -> None:
    if isinstance(found, Mapping):
        for key, inner in found.items():
            if str(key).lower() in _SECRET_KEYS:
                raise _not_here(f"{place}.{key}")
            _refuse_identifiers(f"{place}.{key}", inner)
    elif isinstance(found, list | tuple):
        for inner in found:
            _refuse_identifiers(place, inner)
    elif isinstance(found, str) and names_somebody(found, place=place):
        raise _not_here(place)


def _not_here(place: str) -> RuleError:
    return RuleError(
        "the audit trail may not hold a secret or a direct identifier",
        where=place,
        fix="Name the member by member_id, and an identifier by its kind",
    )
