"""All a rule may speak of. It is handed to everything that reads, checks or compiles a rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar

from regulars.base.errors import RuleError
from regulars.science.rules.vocabulary.fields import Fact, FactColumn, Field

NAME = re.compile(r"[^\W\d]\w*(?:\.\w+)*")
# Words that begin something else where a name may stand.
RESERVED = frozenset({"not", "in", "did", "sequence", "true", "false", "and", "or", "then"})
T = TypeVar("T")
D = TypeVar("D", bound=Field | Fact)
_PREFIXES = ("attribute.", "feature.", "tag.")


class Vocabulary:
    """The fields, facts and audiences that rules may name.

    Args:
        fields: Values of members.
        facts: What members do.
        audiences: Ids of audiences, with what staff call them.
        members: The table with one row per ``member_id``: the people rules choose from.
        joined_on: Its column with the day of joining.
        audience_members: The table of (audience_id, member_id).
    """

    def __init__(
        self,
        *,
        fields: Iterable[Field] = (),
        facts: Iterable[Fact] = (),
        audiences: Mapping[str, str] | None = None,
        members: str = "members",
        joined_on: str = "joined_on",
        audience_members: str = "audience_members",
    ) -> None:
        self.fields = _by_name(fields)
        self.facts = _by_name(facts)
        self.audiences = dict(audiences or {})
        self.members = members
        self.joined_on = joined_on
        self.audience_members = audience_members
        for name in self.fields:
            if not name.startswith(_PREFIXES):
                raise RuleError(
                    f"a field cannot be called {name!r}",
                    where="vocabulary",
                    fix=f"Begin it with {', '.join(_PREFIXES)}",
                )

    def field(self, name: object, *, where: str) -> Field:
        """Return the field; raise ``RuleError`` at ``where`` when there is none of that name."""
        return _found(self.fields, name, "field", where)

    def fact(self, name: object, *, where: str) -> Fact:
        """Return the fact; raise ``RuleError`` at ``where`` when there is none of that name."""
        return _found(self.facts, name, "fact", where)

    def column(self, fact: Fact, name: object, *, where: str) -> FactColumn:
        """Return the fact's column; raise ``RuleError`` at ``where`` when there is none."""
        return _found(fact.by_name, name, f"column of {fact.name}", where)

    def audience(self, name: object, *, where: str) -> str:
        """Return the audience's id; raise ``RuleError`` at ``where`` when there is none."""
        _found(self.audiences, name, "audience", where)
        return str(name)


def _found(known: Mapping[str, T], name: object, what: str, where: str) -> T:
    if isinstance(name, str) and name in known:
        return known[name]
    near = get_close_matches(str(name), known, n=3)
    fix = f"Did you mean {', '.join(near)}?" if near else f"There are {len(known)} to choose from"
    raise RuleError(f"there is no {what} {name!r}", where=where, fix=fix)


def _by_name(declared: Iterable[D]) -> dict[str, D]:
    known: dict[str, D] = {}
    for one in declared:
        columns = one.by_name if isinstance(one, Fact) else {}
        for name in (one.name, *columns):
            if not NAME.fullmatch(name) or name.split(".")[0] in RESERVED:
                raise RuleError(f"nothing can be called {name!r}", where="vocabulary")
        if one.name in known:
            raise RuleError(f"{one.name!r} is declared twice", where="vocabulary")
        known[one.name] = one
    return known
