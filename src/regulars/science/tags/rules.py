"""How the values of one tag come about, and in which order many tags are decided."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from regulars.base.errors import RuleError
from regulars.lake.contracts import contract
from regulars.science.rules import Choice, Field, Label, Uses, Vocabulary, rules_of, uses
from regulars.science.tags.sql import checked_query

TABLE = "tags"
_CODE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_CODE_MAX = 60
_TAKEN = frozenset({"member_id", "as_of", "revision", "gone"})


@dataclass(frozen=True, slots=True)
class Bucket:
    """A name for numbers below a bound (None: all the rest) and not below the bucket before."""

    name: str
    below: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRule:
    """One tag. Exactly one of ``choice``, ``query`` and ``assigned`` says where values come from.

    Attributes:
        code: The column in ``tags``, and ``tag.<code>`` in rules.
        numeric: Whether values are numbers; otherwise texts.
        choice: Decided by rules, checked against the vocabulary.
        query: Decided by an SQL query of member_id and value; see ``checked_query``.
        per_member: The query looks at each member's rows alone, so that it can be asked of a few.
        assigned: Given by people or other systems: the last assignment holds.
    """

    code: str
    numeric: bool = False
    choice: Choice | None = None
    query: str = ""
    per_member: bool = False
    assigned: bool = False

    def __post_init__(self) -> None:
        checked_code(self.code)
        if (self.choice is not None) + bool(self.query) + self.assigned != 1:
            raise RuleError("a tag has one way to come about", where=f"tag {self.code}")

    def uses(self, vocabulary: Vocabulary) -> Iterable[Uses]:
        """Yield what the tag's rules use; nothing for a tag without rules."""
        if self.choice is not None:
            yield from (uses(rule, vocabulary) for rule in rules_of(self.choice))

    def tables(self, vocabulary: Vocabulary) -> set[str]:
        """Return the tables that the tag's rules, or its query, read."""
        found = {table for one in self.uses(vocabulary) for table in one.tables}
        return found | checked_query(self.query) if self.query else found


def checked_code(code: str) -> str:
    """Return the code; raise ``RuleError`` when it cannot be the name of a column.

    >>> checked_code("spending_band")
    'spending_band'
    """
    if not _CODE.fullmatch(code) or len(code) > _CODE_MAX or code in _TAKEN:
        raise RuleError(
            f"a tag cannot have the code {code!r}",
            where="code",
            fix="Use small letters, digits and single underscores, such as spending_band",
        )
    return code


def tag_field(code: str, *, numeric: bool, label: Label, values: Sequence[str] = ()) -> Field:
    """Return the word for a tag in rules; ``values`` are the only ones there are, if given."""
    return Field(
        name=f"tag.{code}",
        table=TABLE,
        column=code,
        type="number" if numeric else "text",
        label=label,
        allowed=() if numeric else tuple(values),
    )


@dataclass(frozen=True, slots=True)
class Order:
    """Tags in levels: each needs tags of the levels before it only.

    Attributes:
        levels: The tags.
        apart: Codes of tags that look at one member's rows alone.
        comparing: Codes of tags that a change of other members' rows can move: they rank members.
        looked_up: Tables without members that tags look things up in, such as products.
        tangled: Whether a tag that is not ``apart`` needs another, or another needs it: then
            nobody can be decided without everybody.
    """

    levels: tuple[tuple[TagRule, ...], ...]
    apart: frozenset[str]
    comparing: frozenset[str]
    looked_up: frozenset[str]
    tangled: bool

    @property
    def tags(self) -> tuple[TagRule, ...]:
        """All tags."""
        return tuple(tag for level in self.levels for tag in level)


def ordered(tags: Iterable[TagRule], vocabulary: Vocabulary) -> Order:
    """Return the tags in the order they are decided in.

    Raises:
        RuleError: Two tags have one code, tags need each other in a circle, or one ranks members by
            another.
    """
    several = tuple(tags)
    known = {tag.code: tag for tag in several}
    if len(known) < len(several):
        raise RuleError("two tags have the same code", where="tags")
    used = {code: tuple(tag.uses(vocabulary)) for code, tag in known.items()}
    for code, uses_of in used.items():
        if any(TABLE in one.compared for one in uses_of):
            raise RuleError(
                "a tag cannot rank members by a tag",
                where=f"tag {code}",
                fix="Rank them by the feature that the tag is made of",
            )
    needs = {
        code: {name.removeprefix("tag.") for one in uses_of for name in one.tags} & set(known)
        for code, uses_of in used.items()
    }
    compared = {
        code: {t for one in uses_of for t in one.compared} for code, uses_of in used.items()
    }
    looked_up = {t for tables in compared.values() for t in tables if not contract(t).knows_members}
    comparing = {code for code, tables in compared.items() if tables - looked_up}
    asked = {t for tag in several if tag.per_member for t in tag.tables(vocabulary)}
    looked_up |= {t for t in asked if not contract(t).knows_members}
    alone = {code for code, tag in known.items() if tag.query and not tag.per_member}
    apart = set(known) - comparing - alone
    tangled = any(
        needed and (code not in apart or needed - apart) for code, needed in needs.items()
    )
    levels = tuple(_levels(known, needs))
    return Order(levels, frozenset(apart), frozenset(comparing), frozenset(looked_up), tangled)


def _levels(
    known: Mapping[str, TagRule], needs: Mapping[str, set[str]]
) -> Iterable[tuple[TagRule, ...]]:
    done: set[str] = set()
    while len(done) < len(known):
        ready = [code for code in known if code not in done and needs[code] <= done]
        if not ready:
            circle = ", ".join(sorted(set(known) - done))
            raise RuleError(f"these tags need each other in a circle: {circle}", where="tags")
        yield tuple(known[code] for code in ready)
        done |= set(ready)
