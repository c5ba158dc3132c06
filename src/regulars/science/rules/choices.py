"""What gives a member a value instead of a yes or no: the first of several rules, or an amount."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from regulars.base.errors import RuleError
from regulars.science.rules.checking import checked
from regulars.science.rules.forms.text.parser import Parser
from regulars.science.rules.nodes import Did, First, Highest, Last, Lowest, Node, Sum, ValueIs
from regulars.science.rules.vocabulary import ValueType, Vocabulary


@dataclass(frozen=True, slots=True)
class Cases:
    """The value of the first rule that holds; none where no rule does.

    ``of`` are pairs of a value and a checked rule. ``otherwise`` is the value of everybody else,
    None for no value.
    """

    of: tuple[tuple[str, Node], ...]
    otherwise: str | None = None

    def __post_init__(self) -> None:
        if not self.of:
            raise RuleError(
                "there is no rule to choose a value by", where="values", fix="Write at least one"
            )


@dataclass(frozen=True, slots=True)
class Amount:
    """A value of the member, or what their facts come to; with ``per`` one divided by another.

    Each is kept as the condition that it is missing: a checked ``ValueIs`` or ``Did`` that names
    all there is to it, so that whatever reads rules reads amounts.
    """

    of: Node
    per: Node | None
    type: ValueType


Choice: TypeAlias = Cases | Amount


def amount_from_text(text: str, vocabulary: Vocabulary) -> Amount:
    """Return the amount of a text such as ``did order sum net_amount per did order count``.

    Raises:
        RuleError: The text is not an amount, or does not fit the vocabulary; ``where`` says at
            which character, counted from 1.
    """
    parser = Parser(text)
    parts = parser.amount()
    held: list[Node] = []
    for part in filter(None, parts):
        try:
            held.append(_valued(checked(part, vocabulary)))
        except RuleError as error:
            raise parser.marks.located(error, part) from None
    of, per = held[0], held[1] if len(held) > 1 else None
    types = [type_of(one, vocabulary) for one in held]
    if per is None:
        return Amount(of, None, types[0])
    for operand, type_ in zip(filter(None, parts), types, strict=True):
        if type_ not in {"integer", "decimal", "number"}:
            odd = RuleError(f"a {type_} cannot be divided", where="rule")
            raise parser.marks.located(odd, operand)
    return Amount(of, per, "number")


def rules_of(choice: Choice) -> Iterator[Node]:
    """Yield every condition that the choice consists of."""
    if isinstance(choice, Cases):
        yield from (rule for _value, rule in choice.of)
        return
    yield choice.of
    if choice.per is not None:
        yield choice.per


def type_of(value: Node, vocabulary: Vocabulary) -> ValueType:
    """Return the type of a value that is named by the condition that it is missing."""
    if isinstance(value, ValueIs):
        return vocabulary.fields[value.field].type
    if isinstance(value, Did) and isinstance(value.measure, Sum | Highest | Lowest | First | Last):
        return vocabulary.facts[value.fact].by_name[value.measure.column].type
    return "integer"


def _valued(node: Node) -> Node:
    if isinstance(node, ValueIs) or (isinstance(node, Did) and node.measure is not None):
        return node
    raise RuleError(
        "this is a yes or no, not an amount", where="rule", fix="Add count, sum or the like"
    )
