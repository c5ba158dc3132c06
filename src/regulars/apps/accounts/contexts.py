"""View-models of the accounts pages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.apps.accounts.services import audit
from regulars.apps.accounts.types import (
    BRAND_WIDE,
    CAPABILITIES,
    AuditEntry,
    Capability,
    DataScope,
    Role,
    ScopeKind,
    StaffUser,
)

IDS_SHOWN = 3

NOT_USERS: dict[str, Promise] = {
    audit.SYSTEM: gettext_lazy("the system"),
    audit.NOBODY: gettext_lazy("not signed in"),
}
CAPABILITY_NAMES: dict[Capability, Promise] = {
    Capability.SEE_MEMBERS: gettext_lazy("See members of the own data scope"),
    Capability.REVEAL_IDENTIFIER: gettext_lazy("Reveal a masked identifier (recorded)"),
    Capability.EXPORT: gettext_lazy("Export lists (recorded)"),
    Capability.SEE_DATA: gettext_lazy("See sources, loads and run log"),
    Capability.LOAD_DATA: gettext_lazy("Load data"),
    Capability.FIX_QUARANTINE: gettext_lazy("Fix and replay quarantined rows"),
    Capability.REVIEW_IDENTITY: gettext_lazy("Decide merge reviews"),
    Capability.REFRESH: gettext_lazy("Refresh features"),
    Capability.EDIT_TAGS: gettext_lazy("Define tags, import them, and delete unused ones"),
    Capability.ASSIGN_TAGS: gettext_lazy("Give members tags by hand"),
    Capability.MANAGE_STAFF: gettext_lazy("Manage staff and roles"),
    Capability.MANAGE_KEYS: gettext_lazy("Make and revoke API keys"),
    Capability.SEE_AUDIT: gettext_lazy("See the audit trail"),
}


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One line of the staff list."""

    user_id: int
    username: str
    name: str
    role: str
    scope: str
    active: bool
    locked_until: datetime | None
    last_sign_in: datetime | None


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """What one capability allows, and to which roles, in the order of the columns."""

    name: str
    brand_wide: bool
    allowed: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class RoleMatrix:
    """Roles across, capabilities down."""

    roles: tuple[str, ...]
    rows: tuple[MatrixRow, ...]


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One line of the audit trail."""

    at: datetime
    who: str
    action: str
    object_kind: str
    object_id: str
    facts: tuple[tuple[str, str], ...]
    ip: str


def staff_rows(users: Iterable[StaffUser]) -> tuple[StaffRow, ...]:
    """Return the lines of the staff list."""
    return tuple(staff_row(user) for user in users)


def staff_row(user: StaffUser) -> StaffRow:
    """Return one line of the staff list."""
    return StaffRow(
        user_id=user.user_id,
        username=user.username,
        name=user.name or user.username,
        role=str(user.role.label),
        scope=scope_text(user.scope),
        active=user.active,
        locked_until=user.locked_until,
        last_sign_in=user.last_sign_in,
    )


def scope_text(scope: DataScope) -> str:
    """Write a data scope in words: its kind and the first ids."""
    kind = str(ScopeKind(scope.kind).label)
    if not scope.ids:
        return kind
    shown = ", ".join(scope.ids[:IDS_SHOWN])
    more = len(scope.ids) - IDS_SHOWN
    if more > 0:
        shown = _("%(ids)s and %(more)d more") % {"ids": shown, "more": more}
    return f"{kind} {shown}"


def role_matrix() -> RoleMatrix:
    """Return which role may do what."""
    roles = tuple(Role)
    return RoleMatrix(
        roles=tuple(str(role.label) for role in roles),
        rows=tuple(
            MatrixRow(
                name=str(name),
                brand_wide=capability in BRAND_WIDE,
                allowed=tuple(capability in CAPABILITIES[role] for role in roles),
            )
            for capability, name in CAPABILITY_NAMES.items()
        ),
    )


def audit_rows(entries: Iterable[AuditEntry]) -> tuple[AuditRow, ...]:
    """Return the lines of the audit trail."""
    return tuple(
        AuditRow(
            at=entry.at,
            who=str(NOT_USERS.get(entry.actor_name, entry.actor_name)),
            action=str(entry.action.label),
            object_kind=entry.object_kind,
            object_id=entry.object_id,
            facts=_facts(entry.detail),
            ip=entry.ip,
        )
        for entry in entries
    )


def _facts(detail: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the detail as names and values; of before and after only what differs."""
    before, after = _leaves(detail.get("before", {})), _leaves(detail.get("after", {}))
    rest = _leaves({key: held for key, held in detail.items() if key not in {"before", "after"}})
    if not before:
        return tuple({**rest, **after}.items())
    changes = {
        name: f"{before.get(name, '–')} → {after.get(name, '–')}"
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    }
    return tuple({**rest, **changes}.items())


def _leaves(detail: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Return every value under its path: ``{"scope": {"kind": "hq"}}`` gives ``scope.kind``."""
    found: dict[str, str] = {}
    for key, held in detail.items():
        if isinstance(held, dict):
            found |= _leaves(held, f"{prefix}{key}.")
        elif isinstance(held, list):
            found[f"{prefix}{key}"] = ", ".join(map(str, held)) or "–"
        else:
            found[f"{prefix}{key}"] = held if isinstance(held, str) else json.dumps(held)
    return found
