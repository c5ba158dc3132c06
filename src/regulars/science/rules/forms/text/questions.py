"""Tests from text: what may stand behind a field, a column or a measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from regulars.science.rules.forms.text.marks import Marks
from regulars.science.rules.forms.text.tokens import Cursor
from regulars.science.rules.nodes import (
    OPERATORS,
    Between,
    Compare,
    Contains,
    InLastDays,
    Missing,
    NoneOf,
    OneOf,
    StartsWith,
    Test,
)


def read_test(cursor: Cursor, marks: Marks) -> Test:
    """Step over a test and return it; its values are not checked yet.

    ``OPERATOR VALUE | between VALUE and VALUE | in ( VALUE, … ) | not in ( VALUE, … ) | is missing
    | contains TEXT | starts with TEXT | in last N days``.
    """
    at = cursor.at
    if cursor.token.kind == "sign" and cursor.token.text in OPERATORS:
        operator = cursor.token.text
        cursor.take(operator)
        value_at = cursor.at
        return marks.put(Compare(operator, cursor.value()), at, value=value_at)
    for words, rest in _WORDS.items():
        if cursor.take(*words):
            return rest(cursor, marks, at)
    return cursor.fail("a test, such as = or in,")


def read_days(cursor: Cursor) -> int:
    """Step over a number of days and return it."""
    found = cursor.whole_number("a number of days")
    if not cursor.take("day"):
        cursor.expect("days")
    return found


def _between(cursor: Cursor, marks: Marks, at: int) -> Test:
    low_at, low = cursor.at, cursor.value()
    cursor.expect("and")
    high_at, high = cursor.at, cursor.value()
    return marks.put(Between(low, high), at, low=low_at, high=high_at)


def _missing(_cursor: Cursor, marks: Marks, at: int) -> Test:
    return marks.put(Missing(), at)


def _contains(cursor: Cursor, marks: Marks, at: int) -> Test:
    text_at = cursor.at
    return marks.put(Contains(cursor.text()), at, text=text_at)


def _starts_with(cursor: Cursor, marks: Marks, at: int) -> Test:
    text_at = cursor.at
    return marks.put(StartsWith(cursor.text()), at, text=text_at)


def _in_last_days(cursor: Cursor, marks: Marks, at: int) -> Test:
    days_at = cursor.at
    return marks.put(InLastDays(read_days(cursor)), at, days=days_at)


def _one_of(cursor: Cursor, marks: Marks, at: int) -> Test:
    return _several(OneOf, cursor, marks, at)


def _none_of(cursor: Cursor, marks: Marks, at: int) -> Test:
    return _several(NoneOf, cursor, marks, at)


def _several(kind: type[OneOf | NoneOf], cursor: Cursor, marks: Marks, at: int) -> Test:
    cursor.expect("(")
    places, values = [cursor.at], [cursor.value()]
    while cursor.take(","):
        places.append(cursor.at)
        values.append(cursor.value())
    cursor.expect(")")
    found = marks.put(kind(tuple(values)), at)
    for n, place in enumerate(places):
        marks.put_value(found, f"values[{n}]", place)
    return found


# In this order: "in last" would else be taken for the start of "in (".
_WORDS: Mapping[tuple[str, ...], Callable[[Cursor, Marks, int], Test]] = {
    ("between",): _between,
    ("is", "missing"): _missing,
    ("contains",): _contains,
    ("starts", "with"): _starts_with,
    ("in", "last"): _in_last_days,
    ("not", "in"): _none_of,
    ("in",): _one_of,
}
