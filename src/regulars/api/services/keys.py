"""Make and revoke API keys; the audit trail keeps both, the ledger never the secret."""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from regulars.api.models import ApiKey
from regulars.api.types import BRAND_WIDE, RATE_MAX, ApiScope, KeyDetails, NewKey
from regulars.apps.accounts.services import audit
from regulars.apps.accounts.services.access import require
from regulars.apps.accounts.types import Action, Actor, Capability
from regulars.base.errors import NotVisibleError, RuleError
from regulars.base.ids import new_id

_PREFIX_LETTERS = 8
_SECRET_LETTERS = 32
_NAME_MAX = 64


@transaction.atomic
def create_key(actor: Actor | None, details: KeyDetails) -> NewKey:
    """Make a key and return it with its token, once; without an actor the command line acts.

    Raises ``RefusedError`` for an actor who may not, ``RuleError`` for details that make no sense.
    """
    if actor is not None:
        require(actor, Capability.MANAGE_KEYS)
    _check(details)
    prefix = new_id("", letters=_PREFIX_LETTERS)
    secret = new_id("", letters=_SECRET_LETTERS)
    key = ApiKey.objects.create(
        prefix=prefix,
        secret_hash=secret_hash(secret),
        name=details.name.strip(),
        scopes=[scope.value for scope in ApiScope if scope in details.scopes],
        scope_kind=details.data_scope.kind,
        scope_ids=list(details.data_scope.ids),
        rate_per_minute=details.rate_per_minute,
        created_at=timezone.now(),
        created_by=actor.username if actor else audit.SYSTEM,
        expires_at=details.expires_at,
    )
    audit.record(
        actor,
        Action.CREATE,
        object_kind="api_key",
        object_id=prefix,
        detail={
            "may": key.scopes,
            "scope": {"kind": key.scope_kind, "ids": key.scope_ids},
            "rate_per_minute": key.rate_per_minute,
            "expires_at": key.expires_at.isoformat() if key.expires_at else "",
        },
    )
    return NewKey(key.pk, prefix, f"rgl_{prefix}_{secret}")


@transaction.atomic
def revoke_key(actor: Actor | None, *, key_id: int) -> bool:
    """Revoke a key, from its next request on; return False if it was revoked before.

    Raises ``NotVisibleError`` when there is no such key.
    """
    if actor is not None:
        require(actor, Capability.MANAGE_KEYS)
    prefix = ApiKey.objects.filter(pk=key_id).values_list("prefix", flat=True).first()
    if prefix is None:
        raise NotVisibleError("there is no such API key", fix="See the list of keys")
    revoked = ApiKey.objects.filter(pk=key_id, revoked_at__isnull=True).update(
        revoked_at=timezone.now(), revoked_by=actor.username if actor else audit.SYSTEM
    )
    if revoked:
        audit.record(actor, Action.REVOKE_KEY, object_kind="api_key", object_id=prefix)
    return bool(revoked)


def secret_hash(secret: str) -> str:
    """Return the form under which a secret is kept (64 hex digits)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _check(details: KeyDetails) -> None:
    if not 0 < len(details.name.strip()) <= _NAME_MAX:
        raise RuleError(_("A key needs a name of at most 64 letters."), where="name")
    if not details.scopes:
        raise RuleError(_("A key needs at least one scope."), where="scopes")
    wide = sorted(BRAND_WIDE & set(details.scopes))
    if wide and not details.data_scope.is_hq:
        raise RuleError(
            _("The scope %(scope)s is about the whole brand.") % {"scope": wide[0]},
            where="scopes",
            fix=_("Leave it out, or give the key the data scope headquarters."),
        )
    if not details.data_scope.is_hq and not details.data_scope.ids:
        raise RuleError(_("A data scope without ids sees nobody."), where="data_scope")
    if not 1 <= details.rate_per_minute <= RATE_MAX:
        raise RuleError(
            _("The rate must lie between 1 and %(most)d requests per minute.") % {"most": RATE_MAX},
            where="rate_per_minute",
        )
    if details.expires_at is not None and details.expires_at <= timezone.now():
        raise RuleError(_("The key would be expired already."), where="expires_at")
