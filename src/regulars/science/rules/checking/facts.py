"""Conditions on facts held against a vocabulary: windows, measures and sequences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from regulars.base.errors import RuleError
from regulars.science.rules.checking.questions import checked_test
from regulars.science.rules.checking.values import several, typed_date, typed_value, whole_number
from regulars.science.rules.limits import DAYS_MAX, STEPS_MAX
from regulars.science.rules.nodes import (
    BetweenDates,
    Compare,
    Count,
    Did,
    Distinct,
    First,
    Highest,
    Last,
    LastDays,
    Lowest,
    Measure,
    Node,
    Sequence,
    SinceJoining,
    Step,
    Sum,
    Test,
    Window,
)
from regulars.science.rules.vocabulary import Fact, ValueType, Vocabulary

RowCheck = Callable[[Node, Fact, str], Node]


def checked_did(node: Did, known: Vocabulary, row: RowCheck, *, where: str) -> Did:
    """Return the condition with typed values; raise ``RuleError`` where it does not fit."""
    fact = known.fact(node.fact, where=f"{where}.fact")
    return replace(
        node,
        window=checked_window(node.window, where=f"{where}.window"),
        where=None if node.where is None else row(node.where, fact, f"{where}.where"),
        test=_checked_measure(node, fact, known, where=where),
    )


def checked_sequence(node: Sequence, known: Vocabulary, row: RowCheck, *, where: str) -> Sequence:
    """Return the condition with typed values; raise ``RuleError`` where it does not fit."""
    what = f"a sequence has 2 to {STEPS_MAX} steps"
    steps = several(node.steps, low=2, high=STEPS_MAX, what=what, where=f"{where}.steps")
    checked = []
    for n, step in enumerate(steps):
        at = f"{where}.steps[{n}]"
        if not isinstance(step, Step):
            raise RuleError(f"{step!r} is no step", where=at)
        follows = any(not later.absent for later in steps[n + 1 :] if isinstance(later, Step))
        _check_gap(step, first=n == 0, follows=follows, where=at)
        fact = known.fact(step.fact, where=f"{at}.fact")
        condition = None if step.where is None else row(step.where, fact, f"{at}.where")
        checked.append(replace(step, where=condition))
    window = checked_window(node.window, where=f"{where}.window")
    return replace(node, steps=tuple(checked), window=window)


def checked_window(window: Window | None, *, where: str) -> Window | None:
    """Return the window with typed dates; raise ``RuleError`` where it holds no day."""
    match window:
        case None:
            return None
        case LastDays():
            whole_number(window.days, low=1, high=DAYS_MAX, where=f"{where}.days")
            return window
        case SinceJoining():
            if window.days is not None:
                whole_number(window.days, low=1, high=DAYS_MAX, where=f"{where}.days")
            return window
        case BetweenDates():
            first = typed_date(window.first, where=f"{where}.first")
            last = typed_date(window.last, where=f"{where}.last")
            dates = BetweenDates(first, last)
            if dates.first > dates.last:
                raise RuleError(
                    f"a window from {first} to {last} holds no day",
                    where=where,
                    fix="Write the earlier date first",
                )
            return dates
    raise RuleError(f"{window!r} is no window", where=where)


def _checked_measure(node: Did, fact: Fact, known: Vocabulary, *, where: str) -> Test | None:
    if node.measure is None and node.test is None:
        return None
    if node.measure is None or node.test is None:
        raise RuleError("a measure and its test stand together", where=where)
    type_, allowed = _measured(node.measure, fact, known, where=f"{where}.measure")
    test = checked_test(node.test, type_, allowed=allowed, where=f"{where}.test")
    if isinstance(node.measure, Count | Distinct) and _asks_for_none(test):
        raise RuleError(
            "who did something did it at least once",
            where=f"{where}.test",
            fix="Write did not for those who never did",
        )
    return test


def _asks_for_none(test: Test) -> bool:
    if not isinstance(test, Compare) or not isinstance(test.value, int):
        return False
    return test.value < {"=": 1, "<=": 1, "<": 2}.get(test.operator, test.value)


def _measured(
    measure: Measure, fact: Fact, known: Vocabulary, *, where: str
) -> tuple[ValueType, tuple[str, ...]]:
    """Return the type of what the facts come to, and the only values it has."""
    match measure:
        case Count():
            return "integer", ()
        case Sum():
            column = known.column(fact, measure.column, where=f"{where}.column")
            if column.type not in {"integer", "decimal"}:
                raise RuleError(f"a {column.type} has no sum", where=f"{where}.column")
            return column.type, ()
        case Distinct():
            known.column(fact, measure.column, where=f"{where}.column")
            return "integer", ()
        case Highest() | Lowest():
            column = known.column(fact, measure.column, where=f"{where}.column")
            if column.type in {"text", "boolean"}:
                raise RuleError(f"a {column.type} is not high or low", where=f"{where}.column")
            return column.type, ()
        case First() | Last():
            column = known.column(fact, measure.column, where=f"{where}.column")
            return column.type, column.allowed
    raise RuleError(f"{measure!r} is no measure", where=where)


def _check_gap(step: Step, *, first: bool, follows: bool, where: str) -> None:
    typed_value(step.absent, "boolean", where=f"{where}.absent")
    if first and step.absent:
        raise RuleError("a sequence begins with something done", where=where)
    if step.within_days is None:
        return
    whole_number(step.within_days, low=0, high=DAYS_MAX, where=f"{where}.within_days")
    if first:
        raise RuleError("nothing comes before the first step", where=f"{where}.within_days")
    if step.absent and follows:
        raise RuleError(
            "what must not lie between two steps has no days of its own",
            where=f"{where}.within_days",
            fix="Give the days to the step that follows",
        )
