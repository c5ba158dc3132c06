"""Rules from text, by recursive descent: one method per line of the grammar.

    rule      = both { "or" both }
    both      = one { "and" one }
    one       = "not" one | "(" rule ")" | condition
    condition = did | sequence | audience | FIELD test | FIELD rank
    amount    = value [ "per" value ], where a value is FIELD or a did, without the test

The grammar of the rest stands with its methods. ``where`` takes one condition on a column, or
several in parentheses: an ``and`` after it goes on with the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from regulars.science.rules.forms.text.marks import Marks
from regulars.science.rules.forms.text.questions import read_days, read_test
from regulars.science.rules.forms.text.tokens import Cursor, fault
from regulars.science.rules.limits import DEPTH_MAX
from regulars.science.rules.nodes import (
    And,
    BetweenDates,
    ColumnIs,
    Count,
    Did,
    Distinct,
    First,
    Highest,
    InAudience,
    InBottom,
    InDifference,
    InIntersection,
    InPercentiles,
    InTop,
    InUnion,
    Last,
    LastDays,
    Lowest,
    Measure,
    Missing,
    Node,
    Not,
    Or,
    Sequence,
    SinceJoining,
    Step,
    Sum,
    Test,
    ValueIs,
    Window,
)

Condition = Callable[[], Node]
_ENDS: Mapping[str, type[InTop | InBottom]] = {"top": InTop, "bottom": InBottom}
_OF_COLUMN: Mapping[str, type[Sum | Distinct | Highest | Lowest | First | Last]] = {
    "sum": Sum,
    "distinct": Distinct,
    "highest": Highest,
    "lowest": Lowest,
    "first": First,
    "last": Last,
}


class Parser:
    """Reads one text; what it names is not checked yet."""

    def __init__(self, text: str) -> None:
        self.marks = Marks()
        self._cursor = Cursor(text)
        self._depth = 0

    def rule(self) -> Node:
        """Return the rule that the whole text is."""
        found = self._or(self._condition)
        if self._cursor.token.kind != "end":
            self._cursor.fail("and, or, or the end")
        return found

    def amount(self) -> tuple[Node, Node | None]:
        """Return the value, and what it is divided by, that the whole text is."""
        of = self._amount()
        per = self._amount() if self._cursor.take("per") else None
        if self._cursor.token.kind != "end":
            self._cursor.fail("'per' or the end")
        return of, per

    def _amount(self) -> Node:
        """Return a value as the condition that it is missing, which names all there is to it."""
        at = self._cursor.at
        if self._cursor.take("did"):
            return self._did(at, _no_test)
        field = self._cursor.name("a value, such as feature.rfm.monetary, or did,")
        return self.marks.put(ValueIs(field, Missing()), at, field=at)

    def _or(self, condition: Condition) -> Node:
        at = self._cursor.at
        parts = [self._and(condition)]
        while self._cursor.take("or"):
            parts.append(self._and(condition))
        return parts[0] if len(parts) == 1 else self.marks.put(Or(tuple(parts)), at)

    def _and(self, condition: Condition) -> Node:
        at = self._cursor.at
        parts = [self._one(condition)]
        while self._cursor.take("and"):
            parts.append(self._one(condition))
        return parts[0] if len(parts) == 1 else self.marks.put(And(tuple(parts)), at)

    def _one(self, condition: Condition) -> Node:
        at = self._cursor.at
        self._depth += 1
        # The check counts exactly; here the text must not outrun Python's own stack.
        if self._depth > 2 * DEPTH_MAX:
            fault(f"the rule is more than {DEPTH_MAX} levels deep", at)
        if self._cursor.take("not"):
            found: Node = self.marks.put(Not(self._one(condition)), at)
        elif self._cursor.take("("):
            found = self._or(condition)
            self._cursor.expect(")")
        else:
            found = condition()
        self._depth -= 1
        return found

    def _condition(self) -> Node:
        at = self._cursor.at
        if self._cursor.take("did"):
            return self._did(at)
        if self._cursor.take("sequence"):
            return self._sequence(at)
        if self._cursor.take("in"):
            return self._audience(at)
        field = self._cursor.name("a condition")
        return self._rank(field, at) or self._value(field, at)

    def _value(self, field: str, at: int) -> Node:
        test_at = self._cursor.at
        test = read_test(self._cursor, self.marks)
        return self.marks.put(ValueIs(field, test), at, field=at, test=test_at)

    def _rank(self, field: str, at: int) -> Node | None:
        """Return a rank: ``in top N | in bottom N | in percentiles LOW to HIGH``, or None."""
        if self._cursor.take("in", "percentiles"):
            low_at = self._cursor.at
            low = self._cursor.whole_number("a percentile")
            self._cursor.expect("to")
            high_at = self._cursor.at
            high = self._cursor.whole_number("a percentile")
            bounds = InPercentiles(field, low, high)
            return self.marks.put(bounds, at, field=at, low=low_at, high=high_at)
        for word, kind in _ENDS.items():
            if self._cursor.take("in", word):
                count_at = self._cursor.at
                count = self._cursor.whole_number("how many members")
                return self.marks.put(kind(field, count), at, field=at, count=count_at)
        return None

    def _did(self, at: int, test_of: Callable[[Cursor, Marks], Test] = read_test) -> Node:
        """Return ``did [not] FACT [window] [where] [measure test]``."""
        refused = self._cursor.take("not")
        fact_at = self._cursor.at
        fact = self._cursor.name("what was done")
        window_at, window = self._cursor.at, self._window()
        where = self._where()
        measure_at, measure = self._cursor.at, self._measure()
        test_at = self._cursor.at
        test = None if measure is None else test_of(self._cursor, self.marks)
        found = self.marks.put(
            Did(fact, window, where, measure, test),
            at,
            fact=fact_at,
            window=window_at,
            measure=measure_at,
            test=test_at,
        )
        return self.marks.put(Not(found), at) if refused else found

    def _window(self) -> Window | None:
        """Return the window, or None.

        ``in last N days | between DATE and DATE | since joining | in first N days since joining``.
        """
        at = self._cursor.at
        if self._cursor.take("between"):
            first_at, first = self._cursor.at, self._cursor.day()
            self._cursor.expect("and")
            last_at, last = self._cursor.at, self._cursor.day()
            return self.marks.put(BetweenDates(first, last), at, first=first_at, last=last_at)
        if self._cursor.take("since", "joining"):
            return self.marks.put(SinceJoining(), at)
        if not self._cursor.take("in"):
            return None
        word = self._cursor.token.text
        if not (self._cursor.take("last") or self._cursor.take("first")):
            self._cursor.fail("'last' or 'first'")
        days_at, days = self._cursor.at, read_days(self._cursor)
        if word == "last":
            return self.marks.put(LastDays(days), at, days=days_at)
        self._cursor.expect("since", "joining")
        return self.marks.put(SinceJoining(days), at, days=days_at)

    def _where(self) -> Node | None:
        """Return ``where`` and one condition on a column, or several in parentheses, or None."""
        return self._one(self._column) if self._cursor.take("where") else None

    def _column(self) -> Node:
        at = self._cursor.at
        column = self._cursor.name("a column")
        test_at = self._cursor.at
        test = read_test(self._cursor, self.marks)
        return self.marks.put(ColumnIs(column, test), at, column=at, test=test_at)

    def _measure(self) -> Measure | None:
        """Return ``count``, or ``sum COLUMN`` and so on with the other measures, or None."""
        at = self._cursor.at
        if self._cursor.take("count"):
            return self.marks.put(Count(), at)
        for word, kind in _OF_COLUMN.items():
            if self._cursor.take(word):
                column_at = self._cursor.at
                return self.marks.put(kind(self._cursor.name("a column")), at, column=column_at)
        return None

    def _sequence(self, at: int) -> Node:
        """Return ``sequence [window] ( step then step … )``."""
        window = self._window()
        self._cursor.expect("(")
        steps = [self._step()]
        while self._cursor.take("then"):
            steps.append(self._step())
        self._cursor.expect(")")
        return self.marks.put(Sequence(tuple(steps), window), at)

    def _step(self) -> Step:
        """Return ``[not] FACT [where] [within N days]``."""
        at = self._cursor.at
        absent = self._cursor.take("not")
        fact_at = self._cursor.at
        fact = self._cursor.name("a step")
        where = self._where()
        within = self._cursor.take("within")
        days_at = self._cursor.at
        days = read_days(self._cursor) if within else None
        return self.marks.put(
            Step(fact, where, days, absent), at, fact=fact_at, within_days=days_at
        )

    def _audience(self, at: int) -> Node:
        """Return the rest of a condition on audiences.

        ``in audience ID [except ( ID, … )] | in any audience of ( … )
        | in every audience of ( … )``.
        """
        if self._cursor.take("any", "audience", "of"):
            return self._audiences(InUnion, at)
        if self._cursor.take("every", "audience", "of"):
            return self._audiences(InIntersection, at)
        self._cursor.expect("audience")
        audience_at = self._cursor.at
        audience = self._cursor.name_or_text("an audience")
        if not self._cursor.take("except"):
            return self.marks.put(InAudience(audience), at, audience=audience_at)
        return self._audiences(lambda several: InDifference(audience, several), at, audience_at)

    def _audiences(
        self, kind: Callable[[tuple[str, ...]], Node], at: int, audience_at: int | None = None
    ) -> Node:
        self._cursor.expect("(")
        places, several = [], []
        while True:
            places.append(self._cursor.at)
            several.append(self._cursor.name_or_text("an audience"))
            if not self._cursor.take(","):
                break
        self._cursor.expect(")")
        found = self.marks.put(kind(tuple(several)), at)
        key = "without" if isinstance(found, InDifference) else "audiences"
        for n, place in enumerate(places):
            self.marks.put_value(found, f"{key}[{n}]", place)
        if audience_at is not None:
            self.marks.put_value(found, "audience", audience_at)
        return found


def _no_test(_cursor: Cursor, _marks: Marks) -> Test:
    return Missing()
