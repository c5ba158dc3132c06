"""Between a rule and its text."""

from __future__ import annotations

from regulars.base.errors import RuleError
from regulars.science.rules.checking import checked
from regulars.science.rules.forms.text.parser import Parser
from regulars.science.rules.forms.text.writer import written
from regulars.science.rules.nodes import Node
from regulars.science.rules.vocabulary import Vocabulary


def from_text(text: str, vocabulary: Vocabulary) -> Node:
    """Return the rule of a text, checked against the vocabulary.

    Raises:
        RuleError: The text is not a rule, or does not fit the vocabulary; ``where`` says at which
            character, counted from 1.
    """
    parser = Parser(text)
    rule = parser.rule()
    try:
        return checked(rule, vocabulary)
    except RuleError as error:
        raise parser.marks.located(error, rule) from None


def to_text(rule: Node) -> str:
    """Return a checked rule as text, which ``from_text`` reads back to the same rule."""
    return written(rule)
