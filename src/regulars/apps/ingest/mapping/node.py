"""Reading a YAML tree by key path, so that every complaint says where it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from regulars.base.errors import MappingError


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a mapping file and the path of keys that leads to it."""

    value: Any
    file: str
    path: str = ""

    @property
    def where(self) -> str:
        """The file and the key path, as errors print them."""
        return f"{self.file}: {self.path}" if self.path else self.file

    def wrong(self, what: str, fix: str = "") -> MappingError:
        """Return the error that ``what`` is wrong here."""
        return MappingError(what, where=self.where, fix=fix)

    def table(self, known: set[str]) -> dict[str, Node]:
        """Return the keys of a YAML mapping; refuse a key that is not known."""
        if not isinstance(self.value, dict):
            raise self.wrong("expected keys and values here")
        for key in self.value:
            if key not in known:
                raise self.at(key).wrong(
                    f"unknown key {key!r}", f"Known: {', '.join(sorted(known))}"
                )
        return {str(key): self.at(key) for key in self.value}

    def entries(self) -> dict[str, Node]:
        """Return the keys of a YAML mapping whose keys are free."""
        if not isinstance(self.value, dict):
            raise self.wrong("expected keys and values here")
        return {str(key): self.at(key) for key in self.value}

    def items(self) -> Iterator[Node]:
        """Yield the entries of a list."""
        if not isinstance(self.value, list):
            raise self.wrong("expected a list here")
        for index, item in enumerate(self.value):
            yield Node(item, self.file, f"{self.path}[{index}]")

    def at(self, key: str) -> Node:
        """Return the value of a key, with its path."""
        return Node(self.value[key], self.file, f"{self.path}.{key}" if self.path else str(key))

    def text(self) -> str:
        """Return non-empty text; numbers are taken as they are written."""
        if isinstance(self.value, bool) or not isinstance(self.value, str | int | float):
            raise self.wrong("expected a text here")
        if str(self.value) == "":
            raise self.wrong("the text is empty")
        return str(self.value)

    def one_of(self, *choices: str) -> str:
        """Return one of the choices."""
        text = self.text()
        if text not in choices:
            raise self.wrong(f"{text!r} is not known here", f"Choose from {', '.join(choices)}")
        return text

    def flag(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            raise self.wrong("expected true or false here")
        return self.value

    def whole(self) -> int:
        """Return a whole number of at least 1."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or self.value < 1:
            raise self.wrong("expected a whole number of at least 1 here")
        return self.value

    def texts(self) -> tuple[str, ...]:
        """Return a list of texts; one text alone is a list of one."""
        if isinstance(self.value, list):
            return tuple(item.text() for item in self.items())
        return (self.text(),)
