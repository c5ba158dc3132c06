"""Who acts, in which role, on which part of the data: what leaves the accounts room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, get_args

from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.base.errors import RuleError

ScopeName = Literal["hq", "region", "store", "guide"]
SCOPE_IDS_MAX = 1_000


class Capability(StrEnum):
    """Something a role may or may not do. What no role lists, nobody may do."""

    SEE_MEMBERS = "see_members"
    REVEAL_IDENTIFIER = "reveal_identifier"
    EXPORT = "export"
    SEE_DATA = "see_data"
    LOAD_DATA = "load_data"
    FIX_QUARANTINE = "fix_quarantine"
    REVIEW_IDENTITY = "review_identity"
    REFRESH = "refresh"
    EDIT_TAGS = "edit_tags"
    ASSIGN_TAGS = "assign_tags"
    MANAGE_STAFF = "manage_staff"
    MANAGE_KEYS = "manage_keys"
    SEE_AUDIT = "see_audit"


class Role(models.TextChoices):
    """What kind of work a staff user does."""

    ADMIN = "admin", _("Administrator")
    OPERATIONS = "operations", _("Operations")
    ANALYST = "analyst", _("Analyst")
    SHOP_MANAGER = "shop_manager", _("Shop manager")
    GUIDE = "guide", _("Guide")
    SERVICE = "service", _("Service")


class ScopeKind(models.TextChoices):
    """By what a user's part of the members is cut."""

    HQ = "hq", _("Headquarters")
    REGION = "region", _("Region")
    STORE = "store", _("Store")
    GUIDE = "guide", _("Guide")


class Action(models.TextChoices):
    """What the audit trail records."""

    SIGN_IN = "sign_in", _("Signed in")
    SIGN_IN_FAILED = "sign_in_failed", _("Sign-in failed")
    LOCKED = "locked", _("Locked out")
    UNLOCKED = "unlocked", _("Unlocked")
    SIGN_OUT = "sign_out", _("Signed out")
    REVEAL = "reveal", _("Revealed an identifier")
    EXPORT = "export", _("Exported")
    CREATE = "create", _("Created")
    CHANGE = "change", _("Changed")
    LOAD = "load", _("Loaded data")
    REPLAY = "replay", _("Replayed quarantine")
    REFRESH = "refresh", _("Refreshed features")
    MERGE = "merge", _("Merged members")
    UNMERGE = "unmerge", _("Split members")
    ERASE = "erase", _("Erased a member")
    ROTATE_KEY = "rotate_key", _("Added a vault key")
    REVOKE_KEY = "revoke_key", _("Revoked an API key")


@dataclass(frozen=True, slots=True)
class DataScope:
    """The part of the members a user sees; without ids, any kind but ``hq`` sees nobody.

    >>> DataScope("store", ("s1",)).is_hq
    False
    """

    kind: ScopeName
    ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in get_args(ScopeName):
            raise RuleError(
                f"there is no data scope {self.kind!r}", fix="Use hq, region, store or guide"
            )
        if self.kind == "hq" and self.ids:
            raise RuleError("the scope hq is not cut by ids", fix="Leave the ids empty")
        if len(self.ids) > SCOPE_IDS_MAX:
            raise RuleError(
                f"a scope of {len(self.ids)} ids is too long",
                fix=f"Use at most {SCOPE_IDS_MAX}, or the scope of a region",
            )

    @property
    def is_hq(self) -> bool:
        """Whether the scope holds every member of the brand."""
        return self.kind == "hq"


@dataclass(frozen=True, slots=True)
class ScopeChoices:
    """The ids a data scope can name, each with what it is called."""

    regions: tuple[tuple[str, str], ...] = ()
    stores: tuple[tuple[str, str], ...] = ()
    guides: tuple[tuple[str, str], ...] = ()

    def unknown(self, kind: ScopeName, ids: Iterable[str]) -> tuple[str, ...]:
        """Return the ids nobody knows; while a kind has no ids at all, none can be checked.

        >>> ScopeChoices(stores=(("s1", "Harbour"),)).unknown("store", ["s1", "s2"])
        ('s2',)
        """
        by_kind = {"region": self.regions, "store": self.stores, "guide": self.guides}
        known = {choice for choice, _name in by_kind.get(kind, ())}
        return tuple(choice for choice in ids if known and choice not in known)


def scope_ids_in(text: str) -> tuple[str, ...]:
    """Return the ids a person wrote into one field, each once, in the order given.

    >>> scope_ids_in("s2, s1，s2、s3")
    ('s2', 's1', 's3')
    """
    words = text.replace("，", ",").replace("、", ",").split(",")
    return tuple(dict.fromkeys(word.strip() for word in words if word.strip()))


# Deny by default: a capability a role does not list here is refused.
CAPABILITIES: dict[Role, frozenset[Capability]] = {
    Role.ADMIN: frozenset(Capability),
    Role.OPERATIONS: frozenset(
        {
            Capability.SEE_MEMBERS,
            Capability.REVEAL_IDENTIFIER,
            Capability.EXPORT,
            Capability.SEE_DATA,
            Capability.LOAD_DATA,
            Capability.FIX_QUARANTINE,
            Capability.REVIEW_IDENTITY,
            Capability.REFRESH,
            Capability.EDIT_TAGS,
            Capability.ASSIGN_TAGS,
        }
    ),
    Role.ANALYST: frozenset({Capability.SEE_MEMBERS, Capability.EXPORT, Capability.SEE_DATA}),
    Role.SHOP_MANAGER: frozenset(
        {Capability.SEE_MEMBERS, Capability.REVEAL_IDENTIFIER, Capability.ASSIGN_TAGS}
    ),
    Role.GUIDE: frozenset(
        {Capability.SEE_MEMBERS, Capability.REVEAL_IDENTIFIER, Capability.ASSIGN_TAGS}
    ),
    Role.SERVICE: frozenset({Capability.SEE_MEMBERS, Capability.REVEAL_IDENTIFIER}),
}

# Acts on the whole brand's data: only with the scope hq, whatever the role.
BRAND_WIDE = frozenset(
    {
        Capability.SEE_DATA,
        Capability.LOAD_DATA,
        Capability.FIX_QUARANTINE,
        Capability.REVIEW_IDENTITY,
        Capability.REFRESH,
        Capability.EDIT_TAGS,
        Capability.MANAGE_STAFF,
        Capability.MANAGE_KEYS,
        Capability.SEE_AUDIT,
    }
)

ROLE_SCOPES: dict[Role, tuple[ScopeName, ...]] = {
    Role.ADMIN: ("hq",),
    Role.OPERATIONS: ("hq", "region", "store"),
    Role.ANALYST: ("hq", "region", "store"),
    Role.SHOP_MANAGER: ("store",),
    Role.GUIDE: ("guide",),
    Role.SERVICE: ("hq", "region", "store"),
}


def capabilities(role: Role, scope: DataScope) -> frozenset[Capability]:
    """Return what a user in ``role`` with ``scope`` may do.

    >>> sorted(capabilities(Role.ANALYST, DataScope("region", ("r1",))))
    [<Capability.EXPORT: 'export'>, <Capability.SEE_MEMBERS: 'see_members'>]
    """
    held = CAPABILITIES.get(role, frozenset())
    return held if scope.is_hq else held - BRAND_WIDE


@dataclass(frozen=True, slots=True)
class Actor:
    """The staff user behind a request, as of that request."""

    user_id: int
    username: str
    name: str
    role: Role
    scope: DataScope
    language: str = ""
    theme: str = "auto"
    ip: str = ""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the actor may do; templates ask ``"export" in actor.capabilities``."""
        return capabilities(self.role, self.scope)

    def may(self, capability: Capability) -> bool:
        """Whether the actor may do this."""
        return capability in self.capabilities


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value only the vault can open: which key closed it, and nonce + ciphertext + tag."""

    key_id: str
    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class StaffUser:
    """One staff user as the staff page shows it."""

    user_id: int
    username: str
    name: str
    role: Role
    scope: DataScope
    active: bool
    language: str
    theme: str
    last_sign_in: datetime | None
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class StaffDetails:
    """What an administrator decides about a staff user."""

    username: str
    name: str
    role: Role
    scope: DataScope


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit trail."""

    event_id: int
    at: datetime
    actor_name: str
    action: Action
    object_kind: str
    object_id: str
    detail: dict[str, Any]
    ip: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of the audit trail, newest first, and how many lines match in all."""

    entries: tuple[AuditEntry, ...]
    number: int
    pages: int
    total: int

    @property
    def newer(self) -> int:
        """The number of the page before this one."""
        return self.number - 1

    @property
    def older(self) -> int:
        """The number of the page after this one."""
        return self.number + 1


@dataclass(frozen=True, slots=True)
class TickState:
    """How a step of the worker goes: ``failures`` in a row, since when, and the newest error."""

    name: str
    finished_at: datetime | None
    failures: int
    failing_since: datetime | None
    error: str
