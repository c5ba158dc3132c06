"""The keys there are."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.utils import timezone

from regulars.api.models import ApiKey
from regulars.api.types import ApiKeyLine, ApiScope, KeyState
from regulars.apps.accounts.types import DataScope

if TYPE_CHECKING:
    from regulars.apps.accounts.types import ScopeName

KEYS_MAX = 1_000


def api_keys() -> tuple[ApiKeyLine, ...]:
    """Return the keys, the newest first, at most ``KEYS_MAX``."""
    now = timezone.now()
    return tuple(_line(key, now) for key in ApiKey.objects.order_by("-pk")[:KEYS_MAX])


def api_key(prefix: str) -> ApiKeyLine | None:
    """Return the key whose token begins with ``rgl_<prefix>``, if there is one."""
    key = ApiKey.objects.filter(prefix=prefix).first()
    return _line(key, timezone.now()) if key else None


def _line(key: ApiKey, now: datetime) -> ApiKeyLine:
    return ApiKeyLine(
        key_id=key.pk,
        prefix=key.prefix,
        name=key.name,
        scopes=tuple(ApiScope(scope) for scope in key.scopes),
        data_scope=DataScope(cast("ScopeName", key.scope_kind), tuple(key.scope_ids)),
        rate_per_minute=key.rate_per_minute,
        created_at=key.created_at,
        created_by=key.created_by,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        revoked_by=key.revoked_by,
        state=_state(key, now),
    )


def _state(key: ApiKey, now: datetime) -> KeyState:
    if key.revoked_at is not None:
        return KeyState.REVOKED
    if key.expires_at is not None and key.expires_at <= now:
        return KeyState.EXPIRED
    return KeyState.ACTIVE
