"""And, or, not over boolean expressions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ibis
import ibis.expr.types as ir

from regulars.science.rules.nodes import And, Node, Not, Or

Leaf = Callable[[Node], ir.BooleanValue]


def combined(node: Node, leaf: Leaf) -> ir.BooleanValue:
    """Return the condition; ``leaf`` compiles what is neither and, or nor not."""
    match node:
        case And():
            return _joined([combined(one, leaf) for one in node.of], every=True)
        case Or():
            return _joined([combined(one, leaf) for one in node.of], every=False)
        case Not():
            return ~combined(node.of, leaf)
    return leaf(node)


def certain(condition: ir.BooleanValue) -> ir.BooleanValue:
    """Return the condition with unknown as false."""
    return ibis.coalesce(condition, ibis.literal(value=False))


def any_of(conditions: Sequence[ir.BooleanValue]) -> ir.BooleanValue:
    """Return whether at least one holds; false when there are none."""
    return _joined(conditions, every=False) if conditions else ibis.literal(value=False)


def all_of(conditions: Sequence[ir.BooleanValue]) -> ir.BooleanValue:
    """Return whether every one holds; true when there are none."""
    return _joined(conditions, every=True) if conditions else ibis.literal(value=True)


def _joined(conditions: Sequence[ir.BooleanValue], *, every: bool) -> ir.BooleanValue:
    # Halved, not folded: hundreds of conditions in one chain would be hundreds of calls deep.
    if len(conditions) == 1:
        return conditions[0]
    half = len(conditions) // 2
    left = _joined(conditions[:half], every=every)
    right = _joined(conditions[half:], every=every)
    return left & right if every else left | right
