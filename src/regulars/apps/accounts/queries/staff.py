"""The staff list."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from regulars.apps.accounts.models import SignInGuard, User
from regulars.apps.accounts.queries.actors import scope_of
from regulars.apps.accounts.rules import name_key
from regulars.apps.accounts.types import Role, StaffUser
from regulars.base.errors import NotVisibleError

if TYPE_CHECKING:
    from collections.abc import Mapping


def staff_users() -> tuple[StaffUser, ...]:
    """Return every staff user, the active ones first, by name; two queries."""
    users = list(User.objects.order_by("-is_active", "username"))
    locks = _locks({name_key(user.username) for user in users})
    return tuple(_staff_user(user, locks) for user in users)


def staff_user(user_id: int) -> StaffUser:
    """Return one staff user; raise ``NotVisibleError`` if there is none."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotVisibleError("there is no such staff user", where=f"id {user_id}")
    return _staff_user(user, _locks({name_key(user.username)}))


def _locks(keys: set[str]) -> Mapping[str, datetime | None]:
    locked = SignInGuard.objects.filter(known=True, locked_until__gt=timezone.now())
    return {
        key: until for key, until in locked.values_list("name_key", "locked_until") if key in keys
    }


def _staff_user(user: User, locks: Mapping[str, datetime | None]) -> StaffUser:
    return StaffUser(
        user_id=user.pk,
        username=user.username,
        name=user.name,
        role=Role(user.role),
        scope=scope_of(user),
        active=user.is_active,
        language=user.language,
        theme=user.theme,
        last_sign_in=user.last_login,
        locked_until=locks.get(name_key(user.username)),
    )
