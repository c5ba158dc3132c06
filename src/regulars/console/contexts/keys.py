"""The API keys page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.api.types import ApiScope, KeyState
from regulars.apps.accounts.types import ScopeKind

if TYPE_CHECKING:
    from regulars.api.types import ApiKeyLine
    from regulars.apps.accounts.types import DataScope

IDS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key, with its scopes as (code, what it allows) and its data scope in words."""

    key: ApiKeyLine
    scopes: tuple[tuple[str, str], ...]
    data_scope: str
    state: str
    active: bool


def key_rows(keys: Iterable[ApiKeyLine]) -> tuple[KeyRow, ...]:
    """Return the keys as the page shows them, those that open the door first."""
    rows = tuple(
        KeyRow(
            key=key,
            scopes=tuple((scope.value, str(ApiScope(scope).label)) for scope in key.scopes),
            data_scope=_named(key.data_scope),
            state=str(key.state.label),
            active=key.state is KeyState.ACTIVE,
        )
        for key in keys
    )
    return tuple(sorted(rows, key=lambda row: not row.active))


def _named(scope: DataScope) -> str:
    """Name the kind and the first ids of a data scope."""
    shown = ", ".join(scope.ids[:IDS_SHOWN])
    more = f" + {len(scope.ids) - IDS_SHOWN}" if len(scope.ids) > IDS_SHOWN else ""
    return f"{ScopeKind(scope.kind).label} {shown}{more}".strip()
