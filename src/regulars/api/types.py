"""What leaves the side door: scopes of a key, and keys as lists show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.apps.accounts.types import DataScope

RATE_DEFAULT = 600
RATE_MAX = 1_000_000


class ApiScope(models.TextChoices):
    """What a key may do. What its scopes do not list, a key may not do."""

    MEMBERS_READ = "members:read", _("Read members, their profiles and orders")
    MEMBERS_WRITE = "members:write", _("Create and change members")
    MEMBERS_REVEAL = "members:reveal", _("Read identifiers in the clear (recorded)")
    ORDERS_READ = "orders:read", _("Read orders")
    ORDERS_WRITE = "orders:write", _("Post orders")
    CATALOG_READ = "catalog:read", _("Read products and stores")
    FIGURES_READ = "figures:read", _("Read key figures and RFM cells")
    TAGS_READ = "tags:read", _("Read tags and those of members")
    TAGS_WRITE = "tags:write", _("Import tags of members")
    LOADS_READ = "loads:read", _("Read load runs")


# About the whole brand: only for a key with the data scope headquarters.
BRAND_WIDE = frozenset({ApiScope.LOADS_READ})


class KeyState(models.TextChoices):
    """Whether a key opens the door."""

    ACTIVE = "active", _("Active")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")


@dataclass(frozen=True, slots=True)
class KeyDetails:
    """What is decided about a key when it is made; without ``expires_at`` it lasts for ever.

    ``name``: the system that uses it, which owns the orders it posts; a key that takes another's
    place has the same name. ``rate_per_minute``: requests per minute; as many may come at once.
    """

    name: str
    scopes: tuple[ApiScope, ...]
    data_scope: DataScope
    rate_per_minute: int = RATE_DEFAULT
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made. ``token`` is what a client sends, and cannot be shown again."""

    key_id: int
    prefix: str
    token: str


@dataclass(frozen=True, slots=True)
class ApiKeyLine:
    """One key as a list shows it; times are UTC."""

    key_id: int
    prefix: str
    name: str
    scopes: tuple[ApiScope, ...]
    data_scope: DataScope
    rate_per_minute: int
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str
    state: KeyState

    @property
    def shown(self) -> str:
        """The beginning of the token, by which people tell keys apart."""
        return f"rgl_{self.prefix}_…"
