"""What producers learn of the whole lake before any of them runs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol, runtime_checkable

from regulars.lake import Lake
from regulars.science.producers.producer import Producer


@runtime_checkable
class Preparing(Protocol):
    """A producer that places members by more than their own facts, such as by a fitted model."""

    @property
    def note(self) -> str | None:
        """What staff should know of it though the run was good, once it is prepared."""
        ...

    def prepared(self, lake: Lake, as_of: date, *, refit: bool) -> Producer:
        """Return the producer that knows what holds for the date; its fingerprint tells it.

        May write to the lake, in a commit of its own. ``refit`` asks for new fits though some hold.
        """
        ...


def prepared(
    producers: Iterable[Producer], lake: Lake, as_of: date, *, refit: bool
) -> tuple[list[Producer], dict[str, str]]:
    """Prepare those that must be; return them all, and why some could not be."""
    found: list[Producer] = []
    failed: dict[str, str] = {}
    for one in producers:
        try:
            ready = one.prepared(lake, as_of, refit=refit) if isinstance(one, Preparing) else one
        except Exception as error:  # noqa: BLE001 whatever stops one must not stop the others
            ready = one
            failed[one.name] = str(error) or type(error).__name__
        found.append(ready)
    return found, failed


@runtime_checkable
class Recalling(Preparing, Protocol):
    """A producer that can take up the newest fit there is, of whatever month, and makes none."""

    def recalled(self, lake: Lake, as_of: date) -> Producer:
        """Return the producer that knows it; writes nothing."""
        ...


def recalled(producers: Iterable[Producer], lake: Lake, as_of: date) -> list[Producer]:
    """Prepare without fitting: those that can, and those that need not; others are left out."""
    return [
        one.recalled(lake, as_of) if isinstance(one, Recalling) else one
        for one in producers
        if isinstance(one, Recalling) or not isinstance(one, Preparing)
    ]


def notes_of(producers: Iterable[Producer]) -> tuple[str, ...]:
    """Return what those that were prepared want to be said."""
    notes = (one.note for one in producers if isinstance(one, Preparing))
    return tuple(note for note in notes if note)
