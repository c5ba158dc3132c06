"""The words, values and signs of a rule's text, each with its position."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NoReturn

from regulars.base.errors import RuleError
from regulars.science.rules.limits import RULE_TEXT_MAX
from regulars.science.rules.nodes import Value

_TOKEN = re.compile(
    r"""
    (?P<space> \s+ )
  | (?P<text> "(?:[^"\\]|\\.)*" )
  | (?P<date> [0-9]{4}-[0-9]{2}-[0-9]{2}(?![\w.-]) )
  | (?P<number> -?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,3})?(?![\w.-]) )
  | (?P<word> [^\W\d]\w*(?:\.\w+)* )
  | (?P<sign> <=|>=|!=|[=<>≤≥≠(),] )
    """,
    re.VERBOSE | re.DOTALL,
)
_SIGNS = {"≤": "<=", "≥": ">=", "≠": "!="}
_TRUTH = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Token:
    """One token: ``space`` never, else text, date, number, word, sign or end."""

    kind: str
    text: str
    at: int


def fault(what: str, at: int, *, fix: str = "") -> NoReturn:
    """Raise ``RuleError`` at a position of the text; people count characters from 1."""
    raise RuleError(what, where=f"character {at + 1}", fix=fix)


def tokens_of(text: str) -> list[Token]:
    """Return the tokens and an end; raise ``RuleError`` at the first character that begins none."""
    if len(text) > RULE_TEXT_MAX:
        fault(f"the rule is longer than {RULE_TEXT_MAX:,} characters", RULE_TEXT_MAX)
    found = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            fix = "Close the quotes" if text[at] == '"' else ""
            fault(f"{text[at : at + 12]!r} is no word, value or sign", at, fix=fix)
        kind = str(match.lastgroup)
        if kind != "space":
            found.append(Token(kind, _SIGNS.get(match.group(), match.group()), at))
        at = match.end()
    return [*found, Token("end", "", len(text))]


class Cursor:
    """A place in the tokens, which moves forward only."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens_of(text)
        self._next = 0

    @property
    def token(self) -> Token:
        """The next token."""
        return self._tokens[self._next]

    @property
    def at(self) -> int:
        """The position of the next token."""
        return self.token.at

    def take(self, *words: str) -> bool:
        """Step over these words or signs if they come next; say whether they did."""
        tokens = self._tokens[self._next : self._next + len(words)]
        plain = all(token.kind in {"word", "sign"} for token in tokens)
        if not plain or tuple(token.text for token in tokens) != words:
            return False
        self._next += len(words)
        return True

    def expect(self, *words: str) -> None:
        """Step over these words or signs; raise ``RuleError`` when something else comes."""
        for word in words:
            if not self.take(word):
                self.fail(f"{word!r}")

    def name(self, what: str) -> str:
        """Step over a name and return it."""
        if self.token.kind != "word":
            self.fail(what)
        return self._step().text

    def name_or_text(self, what: str) -> str:
        """Step over a name, or a text in quotes, and return it."""
        return self._text(self._step()) if self.token.kind == "text" else self.name(what)

    def whole_number(self, what: str) -> int:
        """Step over a whole number and return it."""
        if self.token.kind != "number" or not self.token.text.lstrip("-").isdigit():
            self.fail(what)
        return int(self._step().text)

    def text(self) -> str:
        """Step over a text in quotes and return it."""
        if self.token.kind != "text":
            self.fail("a text in quotes")
        return self._text(self._step())

    def day(self) -> date:
        """Step over a date and return it."""
        if self.token.kind != "date":
            self.fail("a date, such as 2024-01-31,")
        token = self._step()
        try:
            return date.fromisoformat(token.text)
        except ValueError:
            fault(f"there is no day {token.text}", token.at)

    def value(self) -> Value:
        """Step over a text, number, date, true or false and return it."""
        token = self.token
        if token.kind == "word" and token.text in _TRUTH:
            return _TRUTH[self._step().text]
        if token.kind not in {"text", "number", "date"}:
            self.fail('a value, such as 3, 12.50, 2024-01-31, true or "web",')
        if token.kind == "date":
            return self.day()
        self._step()
        if token.kind == "text":
            return self._text(token)
        whole = token.text.lstrip("-").isdigit()
        return int(token.text) if whole else Decimal(token.text)

    def fail(self, wanted: str) -> NoReturn:
        """Raise ``RuleError``: something else than what is wanted comes next."""
        found = repr(self.token.text) if self.token.kind != "end" else "the end"
        fault(f"{wanted} should stand here, not {found}", self.at)

    def _step(self) -> Token:
        self._next += 1
        return self._tokens[self._next - 1]

    def _text(self, token: Token) -> str:
        try:
            return str(json.loads(token.text, strict=False))
        except ValueError:
            fault(f"{token.text} has an unknown escape", token.at, fix="Write \\\\ for \\")
