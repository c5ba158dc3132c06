"""Which part of a rule stands where in its text."""

from __future__ import annotations

import re
from typing import TypeVar

from regulars.base.errors import RuleError
from regulars.science.rules.nodes import Node

P = TypeVar("P")
_PATH = re.compile(r"\.(\w+)(?:\[(\d+)\])?")


class Marks:
    """Positions of parts and of their keys, found again by the part itself, not by equality."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, str], int] = {}
        # An id names a part only for as long as the part is there.
        self._parts: list[object] = []

    def put(self, part: P, at: int, **keys: int) -> P:
        """Note where the part begins, and where some of its keys stand; return the part."""
        self._parts.append(part)
        self._held[id(part), ""] = at
        self._held.update({(id(part), key): place for key, place in keys.items()})
        return part

    def put_value(self, part: object, key: str, at: int) -> None:
        """Note where one of several values of a part stands, such as ``values[2]``."""
        self._held[id(part), key] = at

    def place(self, rule: Node, path: str) -> int:
        """Return the position of what the path leads to, or of the nearest part around it."""
        part: object = rule
        found = self._held.get((id(rule), ""), 0)
        for key, number in _PATH.findall(path):
            whole = f"{key}[{number}]" if number else key
            found = self._held.get((id(part), whole), self._held.get((id(part), key), found))
            part = getattr(part, key, None)
            if number and isinstance(part, tuple) and int(number) < len(part):
                part = part[int(number)]
            found = self._held.get((id(part), ""), found)
        return found

    def located(self, error: RuleError, rule: Node) -> RuleError:
        """Return the error with the character in place of the path; people count from 1."""
        at = self.place(rule, error.where)
        return RuleError(error.what, where=f"character {at + 1}", fix=error.fix)
