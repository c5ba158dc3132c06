"""Sign in, and lock out after ten wrong passwords in a row.

Every attempt is counted *before* its password is checked, in one atomic statement, so that no
number of simultaneous attempts gets more than ten passwords checked. User names nobody has are
counted, slowed and locked just like the others: an answer never tells which names exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from django.contrib.auth import authenticate, login, logout
from django.db import connection
from django.utils import timezone

from regulars.apps.accounts.models import SignInGuard, User
from regulars.apps.accounts.queries.actors import actor_of
from regulars.apps.accounts.rules import name_key, normal_username
from regulars.apps.accounts.services import audit
from regulars.apps.accounts.types import Action, Actor
from regulars.base.errors import NotVisibleError

if TYPE_CHECKING:
    from django.http import HttpRequest

FAILURES_MAX = 10
LOCKED_FOR = timedelta(minutes=15)
UNKNOWN_KEPT_FOR = timedelta(days=1)

_COUNT = """
INSERT INTO accounts_signinguard (name_key, known, failures, locked_until, updated_at)
VALUES (%(key)s, %(known)s, 1, NULL, %(now)s)
ON CONFLICT (name_key) DO UPDATE SET
    failures = CASE WHEN accounts_signinguard.locked_until IS NULL
                    THEN accounts_signinguard.failures + 1 ELSE 1 END,
    locked_until = CASE WHEN accounts_signinguard.locked_until IS NULL
                         AND accounts_signinguard.failures + 1 >= %(max)s
                        THEN %(until)s ELSE NULL END,
    known = excluded.known,
    updated_at = excluded.updated_at
WHERE accounts_signinguard.locked_until IS NULL OR accounts_signinguard.locked_until <= %(now)s
RETURNING failures
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one attempt; ``locked_until`` (UTC) only when locked."""

    outcome: Literal["right", "wrong", "locked"]
    user_id: int | None = None
    locked_until: datetime | None = None


def try_password(*, username: str, password: str, ip: str = "") -> Verdict:
    """Check a password unless the name is locked; count, lock and audit."""
    name = normal_username(username)
    key = name_key(name)
    owner_id = User.objects.filter(username=name).values_list("pk", flat=True).first()
    failures = _count_attempt(key, known=owner_id is not None)
    if failures is None:
        return Verdict("locked", locked_until=_locked_until(key))
    user = authenticate(username=name, password=password)
    if user is not None:
        SignInGuard.objects.filter(name_key=key).delete()
        return Verdict("right", user_id=user.pk)
    about = "" if owner_id is None else str(owner_id)
    audit.record(
        None,
        Action.SIGN_IN_FAILED,
        object_kind="user",
        object_id=about,
        detail={"known": owner_id is not None, "failures": failures},
        by=audit.NOBODY,
        ip=ip,
    )
    if failures < FAILURES_MAX:
        return Verdict("wrong")
    audit.record(None, Action.LOCKED, object_kind="user", object_id=about, by=audit.NOBODY, ip=ip)
    return Verdict("locked", locked_until=_locked_until(key))


def open_session(request: HttpRequest, *, user_id: int) -> Actor:
    """Sign the user in under a new session key, and audit it."""
    user = User.objects.get(pk=user_id)
    request.session.flush()  # nothing an earlier visitor left behind survives
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    actor = actor_of(request)
    audit.record(actor, Action.SIGN_IN, object_kind="user", object_id=str(user.pk))
    return actor


def close_session(request: HttpRequest, actor: Actor | None) -> None:
    """Sign out, and audit it when somebody was signed in."""
    if actor is not None:
        audit.record(actor, Action.SIGN_OUT, object_kind="user", object_id=str(actor.user_id))
    logout(request)


def unlock(actor: Actor | None, *, user_id: int) -> bool:
    """Forget a user's wrong passwords; return whether there were any."""
    name = User.objects.filter(pk=user_id).values_list("username", flat=True).first()
    if name is None:
        raise NotVisibleError("there is no such staff user", where=f"id {user_id}")
    forgotten, _ = SignInGuard.objects.filter(name_key=name_key(name)).delete()
    if forgotten:
        audit.record(actor, Action.UNLOCKED, object_kind="user", object_id=str(user_id))
    return bool(forgotten)


def _count_attempt(key: str, *, known: bool) -> int | None:
    """Count one attempt; return how many in a row that makes, or None while locked."""
    now = timezone.now()
    SignInGuard.objects.filter(known=False, updated_at__lt=now - UNKNOWN_KEPT_FOR).delete()
    adapted = connection.ops.adapt_datetimefield_value
    values: dict[str, Any] = {
        "key": key,
        "known": known,
        "max": FAILURES_MAX,
        "now": adapted(now),
        "until": adapted(now + LOCKED_FOR),
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def _locked_until(key: str) -> datetime | None:
    held = SignInGuard.objects.filter(name_key=key).values_list("locked_until", flat=True)
    return held.first()
