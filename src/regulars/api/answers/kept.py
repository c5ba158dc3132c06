"""Answers about a whole scope, kept until a commit changes a table they were read from."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TypeVar, cast

from regulars.api.answers.commits import Change, current, is_current, lake_at, on_change
from regulars.apps.accounts.queries import ScopedLake, scoped
from regulars.apps.accounts.types import DataScope

BYTES_MAX = 64 * 1024 * 1024
_FLIGHTS = tuple(Lock() for _number in range(64))
# Whose rows lie in a scope depends on these, whatever is read.
_SCOPE_TABLES = frozenset({"members", "stores"})
Value = TypeVar("Value")
Place = tuple[Path, DataScope, str]


@dataclass(frozen=True, slots=True)
class _Held:
    value: object
    tables: frozenset[str]
    size: int


class _Shelf:
    """The answers of this process; the longest unused ones leave when they grow too large."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.held: OrderedDict[Place, _Held] = OrderedDict()
        self.size = 0

    def look(self, place: Place) -> _Held | None:
        with self.lock:
            found = self.held.get(place)
            if found is not None:
                self.held.move_to_end(place)
            return found

    def keep(self, place: Place, one: _Held, *, seen: int) -> None:
        with self.lock:
            if not is_current(place[0], seen):
                return
            self._drop(place)
            self.held[place] = one
            self.size += one.size
            while self.size > BYTES_MAX and len(self.held) > 1:
                self._drop(next(iter(self.held)))

    def forget(self, root: Path, change: Change) -> None:
        with self.lock:
            for place in [
                place
                for place, one in self.held.items()
                if place[0] == root and one.tables & change.tables
            ]:
                self._drop(place)

    def _drop(self, place: Place) -> None:
        gone = self.held.pop(place, None)
        if gone is not None:
            self.size -= gone.size


_shelf = _Shelf()
on_change(_shelf.forget)


def kept(
    scope: DataScope,
    question: str,
    ask: Callable[[ScopedLake], Value],
    *,
    tables: frozenset[str],
) -> Value:
    """Return the answer to ``question`` in the scope; ``ask`` again after a commit to ``tables``.

    ``question`` names everything the answer depends on besides the scope. Equal questions at the
    same moment are asked once.
    """
    root, _seen = current()
    place = (root, scope, question)
    held = _shelf.look(place)
    if held is not None:
        return cast("Value", held.value)
    with _FLIGHTS[hash(place) % len(_FLIGHTS)]:
        held = _shelf.look(place)
        if held is not None:
            return cast("Value", held.value)
        root, seen = current()
        with lake_at(root).snapshot() as snapshot:
            value = ask(scoped(snapshot, scope))
        relies = tables if scope.is_hq else tables | _SCOPE_TABLES
        _shelf.keep(place, _Held(value, relies, _size(value)), seen=seen)
        return value


def _size(value: object) -> int:
    if isinstance(value, tuple | list):
        return sys.getsizeof(value) + sum(_size(part) for part in value)
    return sys.getsizeof(value)
