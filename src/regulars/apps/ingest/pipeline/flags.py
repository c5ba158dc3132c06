"""Marks on rows that stay: which rules touched them, and how often each did."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from regulars.apps.ingest.mapping import RowRule

Refuse = Callable[[pa.Array, str, str], None]
SAMPLES = 5


class Flags:
    """Collects the marks of one batch."""

    def __init__(self, numbers: pa.Array) -> None:
        self._numbers = numbers
        self._marks: dict[str, pa.Array] = {}
        self._notes: dict[str, pa.Array] = {}

    def mark(self, rule: str, where: pa.Array) -> None:
        """Write ``rule`` on the rows of the mask, and count them."""
        self._marks[rule] = pc.fill_null(where, fill_value=False)

    def note(self, rule: str, where: pa.Array) -> None:
        """Only count the rows of the mask."""
        self._notes[rule] = pc.fill_null(where, fill_value=False)

    def by_rules(
        self, rules: Sequence[RowRule], columns: Mapping[str, pa.Array], refuse: Refuse
    ) -> None:
        """Apply the rules that need nothing but the row."""
        for rule in rules:
            if rule.rule == "zero_quantity":
                self.mark("zero_quantity", pc.less_equal(columns["quantity"], 0))
            elif rule.rule == "extreme":
                outside = _outside(columns[rule.column], rule)
                if rule.action == "refuse":
                    refuse(outside, "extreme_value", rule.column)
                else:
                    self.mark(f"extreme_{rule.column}", outside)

    def joined(self) -> pa.Array:
        """Return each row's marks as comma-separated text."""
        found = pa.repeat(pa.scalar(""), len(self._numbers))
        for rule, where in self._marks.items():
            if not pc.any(where).as_py():
                continue
            more = pc.if_else(
                pc.equal(found, ""), rule, pc.binary_join_element_wise(found, rule, ",")
            )
            found = pc.if_else(where, more, found)
        return found

    def notes(self, kept: pa.Array) -> dict[str, tuple[int, tuple[int, ...]]]:
        """Return, per rule, how many kept rows it touched, and the numbers of the first."""
        found = {}
        for rule, where in {**self._marks, **self._notes}.items():
            places = pc.indices_nonzero(pc.and_(where, kept))
            if len(places):
                rows = self._numbers.take(places.slice(0, SAMPLES)).to_pylist()
                found[rule] = (len(places), tuple(rows))
        return found


def _outside(values: pa.Array, rule: RowRule) -> pa.Array:
    found = pa.array([False] * len(values), pa.bool_())
    if rule.above:
        found = pc.or_kleene(found, pc.greater(values, _limit(rule.above, values.type)))
    if rule.below:
        found = pc.or_kleene(found, pc.less(values, _limit(rule.below, values.type)))
    return found


def _limit(text: str, kind: pa.DataType) -> pa.Scalar:
    if pa.types.is_decimal(kind):
        return pa.scalar(Decimal(text), kind)
    return pa.scalar(text).cast(kind)
