"""Which mapping of a set comes first: what others name is loaded before those who name it."""

from __future__ import annotations

from collections.abc import Iterable

from regulars.apps.ingest.mapping.types import Mapping
from regulars.lake.contracts import Contract, contract

_SALES = frozenset({"orders", "order_lines"})


def in_order(mappings: Iterable[Mapping]) -> tuple[Mapping, ...]:
    """Return the mappings in the order in which they are loaded.

    The catalog comes first, then the people, the orders, and what happened beside them. A mapping
    that looks something up in a table comes after those that fill it; of equals, the name decides.
    """
    waiting = sorted(mappings, key=lambda mapping: (_rank(mapping), mapping.name))
    ordered: list[Mapping] = []
    while waiting:
        # Two mappings that look each other up are loaded in the order of their rank.
        ready = next((one for one in waiting if not _waits(one, waiting)), waiting[0])
        waiting.remove(ready)
        ordered.append(ready)
    return tuple(ordered)


def _waits(mapping: Mapping, others: Iterable[Mapping]) -> bool:
    wanted = {target.lookup.table for target in mapping.targets if target.lookup is not None}
    return any(_fills(other) & wanted for other in others if other is not mapping)


def _fills(mapping: Mapping) -> set[str]:
    return {mapping.contract} | ({"orders"} if mapping.rollup is not None else set())


def _rank(mapping: Mapping) -> int:
    table: Contract = contract(mapping.contract)
    if table.kind == "dimension":
        return (2 if table.name != "members" else 1) if table.knows_members else 0
    return 3 if table.name in _SALES else 4
