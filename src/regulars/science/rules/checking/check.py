"""A rule held against a vocabulary: everything it names is there and fits.

Positions are paths of the JSON form: ``rule.of[1].test.value``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from regulars.base.errors import RuleError
from regulars.science.rules.checking.facts import checked_did, checked_sequence
from regulars.science.rules.checking.questions import checked_test
from regulars.science.rules.checking.values import several, whole_number
from regulars.science.rules.limits import DEPTH_MAX, NODES_MAX, VALUES_MAX
from regulars.science.rules.nodes import (
    And,
    ColumnIs,
    Did,
    InAudience,
    InBottom,
    InDifference,
    InIntersection,
    InPercentiles,
    InTop,
    InUnion,
    Node,
    Not,
    Or,
    Sequence,
    ValueIs,
)
from regulars.science.rules.vocabulary import Fact, Vocabulary

_TOP_MAX = 1_000_000_000
_RANKED = frozenset({"integer", "decimal", "number", "date"})


def checked(rule: Node, vocabulary: Vocabulary) -> Node:
    """Return the rule with every value as the type it is compared with.

    Raises:
        RuleError: A part is unknown, names something unknown, has a value of the wrong type, or the
            rule is too deep or too large; ``where`` is the part's path.
    """
    return _Check(vocabulary).member(rule, "rule", 1)


class _Check:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self._known = vocabulary
        self._nodes = 0

    def member(self, node: Node, where: str, depth: int) -> Node:
        """Check a condition on members."""
        self._count(where, depth)
        match node:
            case And() | Or() | Not():
                return self._logic(node, where, depth, self.member)
            case ValueIs():
                field = self._known.field(node.field, where=f"{where}.field")
                test = checked_test(
                    node.test, field.type, allowed=field.allowed, where=f"{where}.test"
                )
                return replace(node, test=test)
            case Did():
                return checked_did(node, self._known, self._row(depth), where=where)
            case Sequence():
                return checked_sequence(node, self._known, self._row(depth), where=where)
            case InPercentiles() | InTop() | InBottom():
                return self._rank(node, where)
            case InAudience() | InUnion() | InIntersection() | InDifference():
                return self._audience(node, where)
            case ColumnIs():
                raise RuleError(
                    "a column belongs to a fact", where=where, fix="Use it inside where"
                )
        raise RuleError(f"{node!r} is no condition", where=where)

    def _row(self, depth: int) -> Callable[[Node, Fact, str], Node]:
        return lambda node, fact, where: self._fact(node, fact, where, depth + 1)

    def _fact(self, node: Node, fact: Fact, where: str, depth: int) -> Node:
        """Check a condition on one fact."""
        self._count(where, depth)
        match node:
            case And() | Or() | Not():
                return self._logic(
                    node, where, depth, lambda one, at, deep: self._fact(one, fact, at, deep)
                )
            case ColumnIs():
                column = self._known.column(fact, node.column, where=f"{where}.column")
                test = checked_test(
                    node.test, column.type, allowed=column.allowed, where=f"{where}.test"
                )
                return replace(node, test=test)
        kind = getattr(node, "kind", node)
        raise RuleError(
            f"{kind!r} is no condition on one {fact.name}",
            where=where,
            fix="Inside where use columns, and, or, not",
        )

    def _logic(
        self,
        node: And | Or | Not,
        where: str,
        depth: int,
        check: Callable[[Node, str, int], Node],
    ) -> Node:
        if isinstance(node, Not):
            return Not(check(node.of, f"{where}.of", depth + 1))
        what = f"{node.kind!r} joins two or more conditions"
        of = several(node.of, low=2, high=NODES_MAX + 1, what=what, where=f"{where}.of")
        held = tuple(check(one, f"{where}.of[{n}]", depth + 1) for n, one in enumerate(of))
        return replace(node, of=held)

    def _rank(self, node: InPercentiles | InTop | InBottom, where: str) -> Node:
        field = self._known.field(node.field, where=f"{where}.field")
        if field.type not in _RANKED:
            raise RuleError(f"a {field.type} has no rank", where=f"{where}.field")
        if isinstance(node, InPercentiles):
            whole_number(node.low, low=0, high=99, where=f"{where}.low")
            whole_number(node.high, low=node.low + 1, high=100, where=f"{where}.high")
        else:
            whole_number(node.count, low=1, high=_TOP_MAX, where=f"{where}.count")
        return node

    def _audience(
        self, node: InAudience | InUnion | InIntersection | InDifference, where: str
    ) -> Node:
        if isinstance(node, InAudience | InDifference):
            self._known.audience(node.audience, where=f"{where}.audience")
        if not isinstance(node, InAudience):
            key = "without" if isinstance(node, InDifference) else "audiences"
            what, at = f"name 1 to {VALUES_MAX:,} audiences", f"{where}.{key}"
            named = several(getattr(node, key), low=1, high=VALUES_MAX, what=what, where=at)
            for n, one in enumerate(named):
                self._known.audience(one, where=f"{where}.{key}[{n}]")
        return node

    def _count(self, where: str, depth: int) -> None:
        self._nodes += 1
        if depth > DEPTH_MAX:
            raise RuleError(f"the rule is more than {DEPTH_MAX} levels deep", where=where)
        if self._nodes > NODES_MAX:
            raise RuleError(f"the rule has more than {NODES_MAX} conditions", where=where)
