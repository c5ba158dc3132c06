"""An upsert leaves what a plain dictionary would hold, whatever came before and wherever it lay."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.lake import Lake, UpsertCount
from tests.lake.sales_rows import Line, changed_members, held_lines, line_rows

Key = tuple[str, str]

LINES = st.builds(
    Line,
    order_id=st.sampled_from(["o1", "o2", "o3", "o4"]),
    line_no=st.sampled_from(["1", "2", "3"]),
    member_id=st.sampled_from(["m1", "m2", "m3", None]),
    # Three months: a corrected line often moves to another partition.
    day=st.sampled_from([date(2017, 1, 31), date(2017, 2, 1), date(2017, 3, 1)]),
    net=st.sampled_from([Decimal("0.00"), Decimal("1.50")]),
)
BATCHES = st.lists(
    st.lists(LINES, unique_by=lambda line: (line.order_id, line.line_no), max_size=8),
    min_size=2,
    max_size=4,
)


@settings(max_examples=12, deadline=None)
@given(batches=BATCHES, compacted=st.integers(0, 4))
def test_upserts_agree_with_a_dictionary(batches: list[list[Line]], compacted: int) -> None:
    with TemporaryDirectory() as home:
        lake = Lake(Path(home) / "lake")
        held: dict[Key, Line] = {}
        for number, batch in enumerate(batches):
            expected, touched = _replaced(held, batch)
            before = lake.snapshot().sequence
            with lake.transaction() as transaction:
                assert transaction.upsert("order_lines", line_rows(batch)) == expected
            assert held_lines(lake) == set(held.values())
            assert changed_members(lake, since=before) == touched
            assert (lake.snapshot().sequence == before) is (expected.written == 0)
            if number == compacted:
                lake.compact()
                assert held_lines(lake) == set(held.values())


def _replaced(held: dict[Key, Line], batch: list[Line]) -> tuple[UpsertCount, set[str]]:
    """Apply the batch to ``held`` order by order; return what should be counted and who changed."""
    incoming = {(line.order_id, line.line_no): line for line in batch}
    orders = {line.order_id for line in batch}
    mine = {key: line for key, line in held.items() if key[0] in orders}
    gone = [line for key, line in mine.items() if key not in incoming]
    changed = [key for key, line in incoming.items() if key in mine and mine[key] != line]
    new = [key for key in incoming if key not in mine]
    same = len(incoming) - len(changed) - len(new)
    touched = {line.member_id for line in gone}
    touched |= {mine[key].member_id for key in changed}
    touched |= {incoming[key].member_id for key in [*changed, *new]}
    for line in gone:
        del held[line.order_id, line.line_no]
    held.update(incoming)
    return UpsertCount(len(new), len(changed), same, len(gone)), {m for m in touched if m}
