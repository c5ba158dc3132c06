"""Create, change and deactivate staff users; the audit trail keeps before and after."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.apps.accounts.models import User
from regulars.apps.accounts.rules import normal_username
from regulars.apps.accounts.services import audit
from regulars.apps.accounts.services.access import require
from regulars.apps.accounts.types import (
    ROLE_SCOPES,
    Action,
    Actor,
    Capability,
    Role,
    StaffDetails,
)
from regulars.base.errors import NotVisibleError, RuleError


def create_staff(actor: Actor | None, details: StaffDetails, *, password: str) -> int:
    """Create a staff user and return its id; without an actor the command line acts.

    Raises ``RefusedError`` for an actor who may not, ``RuleError`` for a name that is taken, a
    role that does not go with the scope, or a weak password.
    """
    _check(actor, details)
    user = User(username=normal_username(details.username))
    _fill(user, details)
    _check_password(user, password)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
            audit.record(
                actor,
                Action.CREATE,
                object_kind="user",
                object_id=str(user.pk),
                detail={"after": _facts(user)},
            )
    except IntegrityError as error:
        if User.objects.filter(username=user.username).exists():
            raise RuleError(
                _("This user name is taken."), where="username", fix=_("Choose another.")
            ) from error
        raise
    return user.pk


@transaction.atomic
def change_staff(actor: Actor | None, *, user_id: int, details: StaffDetails) -> bool:
    """Change name, role and scope (never the user name); return whether role or scope changed."""
    _check(actor, details)
    user = _locked(user_id)
    before = _facts(user)
    _fill(user, details)
    return _keep(actor, user, before)


@transaction.atomic
def set_active(actor: Actor | None, *, user_id: int, active: bool) -> bool:
    """Deactivate or reactivate a user; it counts from the user's next request on."""
    if actor is not None:
        require(actor, Capability.MANAGE_STAFF)
    user = _locked(user_id)
    before = _facts(user)
    user.is_active = active
    return _keep(actor, user, before)


@transaction.atomic
def set_password(actor: Actor | None, *, user_id: int, password: str) -> None:
    """Give a user a new password; sessions under the old one end."""
    if actor is not None:
        require(actor, Capability.MANAGE_STAFF)
    user = _locked(user_id)
    _check_password(user, password)
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record(
        actor,
        Action.CHANGE,
        object_kind="user",
        object_id=str(user_id),
        detail={"changed": ["sign-in secret"]},
    )


def _check(actor: Actor | None, details: StaffDetails) -> None:
    if actor is not None:
        require(actor, Capability.MANAGE_STAFF)
    if not normal_username(details.username):
        raise RuleError("a staff user needs a user name")
    allowed = ROLE_SCOPES[details.role]
    if details.scope.kind not in allowed:
        raise RuleError(
            f"the role {details.role.value} does not go with the data scope {details.scope.kind}",
            fix=f"Use one of: {', '.join(allowed)}",
        )
    if not details.scope.is_hq and not details.scope.ids:
        raise RuleError(
            f"a data scope {details.scope.kind} without ids sees nobody", fix="Name at least one id"
        )


def _check_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise RuleError(" ".join(error.messages), where="password") from error


def _locked(user_id: int) -> User:
    """Return the user, holding every administrator's row until the transaction ends.

    Two administrators who demote each other at the same moment wait for one another here.
    """
    list(User.objects.select_for_update().filter(role=Role.ADMIN).order_by("pk"))
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotVisibleError("there is no such staff user", where=f"id {user_id}")
    return user


def _fill(user: User, details: StaffDetails) -> None:
    user.name = details.name.strip()
    user.role = details.role
    user.scope_kind = details.scope.kind
    user.scope_ids = list(details.scope.ids)


def _keep(actor: Actor | None, user: User, before: dict[str, Any]) -> bool:
    after = _facts(user)
    user.save()
    if after == before:
        return False
    if not User.objects.filter(role=Role.ADMIN, is_active=True).exists():
        raise RuleError(
            _("This is the last active administrator."),
            fix=_("Make another user an administrator first."),
        )
    audit.record(
        actor,
        Action.CHANGE,
        object_kind="user",
        object_id=str(user.pk),
        detail={"before": before, "after": after},
    )
    return True


def _facts(user: User) -> dict[str, Any]:
    """Return what decides about the user's power; names stay out of the audit trail."""
    return {
        "role": str(user.role),
        "scope": {"kind": str(user.scope_kind), "ids": list(user.scope_ids)},
        "active": user.is_active,
    }
