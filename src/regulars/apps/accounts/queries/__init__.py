"""Reads of the accounts room: who acts, what lies in a scope, the staff list, the audit trail.

Pages, API, exports and aggregates read the lake only through the ``ScopedLake`` of ``scoped``.
"""

from __future__ import annotations

from regulars.apps.accounts.queries.actors import actor_of, client_ip
from regulars.apps.accounts.queries.audit_trail import audit_page
from regulars.apps.accounts.queries.scope import (
    ScopedLake,
    holds_home,
    scoped,
    visible_member,
    visible_members,
)
from regulars.apps.accounts.queries.scope_choices import scope_choices
from regulars.apps.accounts.queries.staff import staff_user, staff_users
from regulars.apps.accounts.queries.ticks import failing_ticks

__all__ = [
    "ScopedLake",
    "actor_of",
    "audit_page",
    "client_ip",
    "failing_ticks",
    "holds_home",
    "scope_choices",
    "scoped",
    "staff_user",
    "staff_users",
    "visible_member",
    "visible_members",
]
