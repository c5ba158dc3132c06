"""The declared contracts of every lake table.

One module per family of tables. A table without a contract cannot be written or read: the
contract says who owns it, what a row is, what each column means, and how it is stored.
"""

from __future__ import annotations

from regulars.base.errors import UnknownTableError
from regulars.lake.contracts import (
    activity,
    audiences,
    catalog,
    features,
    logs,
    marketing,
    members,
    sales,
    tags,
    watch,
)
from regulars.lake.contracts.shape import Check, Column, Contract

__all__ = ["Check", "Column", "Contract", "contract", "contracts"]

_CONTRACTS: dict[str, Contract] = {
    declared.name: declared
    for family in (
        *(sales, activity, marketing, catalog, members),
        *(features, tags, audiences, logs, watch),
    )
    for declared in family.CONTRACTS
}


def contract(name: str) -> Contract:
    """Return the contract of the table; raise ``UnknownTableError`` when there is none."""
    try:
        return _CONTRACTS[name]
    except KeyError:
        raise UnknownTableError(
            f"no table is called {name!r}", where="lake", fix=f"Tables: {', '.join(_CONTRACTS)}"
        ) from None


def contracts() -> tuple[Contract, ...]:
    """Return every contract, families together."""
    return tuple(_CONTRACTS.values())
