"""What a feature producer is, when it must run anew, and the order producers run in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date
from graphlib import CycleError, TopologicalSorter
from typing import Protocol

import ibis.expr.types as ir

from regulars.base.errors import RuleError

Bounds = Mapping[str, int | None]


class Tables(Protocol):
    """Anything that hands out the lake's tables by name, such as a ``Snapshot``."""

    def table(self, name: str) -> ir.Table:
        """Return the table with its contract's columns."""
        ...


class Producer(Protocol):
    """Computes ``features/<name>`` in three steps.

    ``measure`` looks at one member's facts alone, so it may be run for some members only.
    ``yardstick`` sums all measured members up in one row. ``place`` looks at one measured member,
    the yardstick and the date, and at nothing else, so who neither was measured anew nor falls on
    the other side of a yardstick keeps the row of the last run.
    """

    @property
    def name(self) -> str:
        """The feature table is ``features/<name>``."""
        ...

    @property
    def needs(self) -> tuple[str, ...]:
        """Producers that must be up to date before."""
        ...

    @property
    def facts(self) -> tuple[str, ...]:
        """Tables that ``measure`` reads; each has member_id and business_date."""
        ...

    @property
    def fact_columns(self) -> tuple[str, ...]:
        """The columns of ``facts`` that ``measure`` reads, member_id among them."""
        ...

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Other tables that ``measure`` reads: with one row per member_id, or of no member.

        What ``measure`` takes of a table of no member must be part of the fingerprint.
        """
        ...

    @property
    def arrivals(self) -> tuple[tuple[str, str], ...]:
        """Dates of dimensions, as (table, column), that count once they have passed."""
        ...

    @property
    def measured_columns(self) -> tuple[str, ...]:
        """Columns of the feature table that hold what ``measure`` returned, member_id first."""
        ...

    @property
    def compares(self) -> bool:
        """Whether ``place`` needs a yardstick."""
        ...

    @property
    def window_days(self) -> int | None:
        """How many days before ``as_of`` a fact counts; None for the whole past."""
        ...

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same facts would give other features."""
        ...

    def measure(self, tables: Tables, as_of: date) -> ir.Table:
        """Return ``measured_columns`` of every member with facts or a row in ``dimensions``."""
        ...

    def yardstick(self, measured: ir.Table, as_of: date) -> ir.Table:
        """Return one row with what ``place`` must know of all measured members.

        Its columns are whole numbers or null: the row is kept in the log of runs. Let them be
        bounds that seldom move rather than sums that always do. ``measured`` comes without
        member_id. Only asked of a producer that compares.
        """
        ...

    def moved(self, measured: ir.Table, before: Bounds, after: Bounds, as_of: date) -> ir.Table:
        """Return the measured members who may get another place by ``after`` than by ``before``.

        They are yardsticks of the same date that differ. Who is returned in vain is written in
        vain; who is not keeps the row. Other columns are passed on. Only asked of a producer that
        compares.
        """
        ...

    def place(self, compared: ir.Table, as_of: date) -> ir.Table:
        """Add the feature table's other columns to measured members beside the yardstick's.

        Rows may be left out, but not because of the yardstick; columns that are not the
        producer's are passed on.
        """
        ...


def fingerprint(name: str, options: object, *, version: int) -> str:
    """Return 16 hex digits of a producer's name, its options and the version of its code.

    Raise ``version`` when the code changes what comes out: the next refresh is then a full one.
    ``options`` is a dataclass of plain values.
    """
    if not is_dataclass(options) or isinstance(options, type):
        raise TypeError(f"options must be a dataclass instance, not {options!r}")
    text = f"{name} {version} {sorted(asdict(options).items())!r}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def in_order(producers: Iterable[Producer]) -> Sequence[Producer]:
    """Return the producers so that each comes after those it needs.

    Raises:
        RuleError: Two have the same name, one needs an unknown one, or they need each other.
    """
    by_name: dict[str, Producer] = {}
    for producer in producers:
        if producer.name in by_name:
            raise RuleError(f"two producers are called {producer.name}", where="producers")
        by_name[producer.name] = producer
    for producer in by_name.values():
        for need in producer.needs:
            if need not in by_name:
                raise RuleError(
                    f"needs the unknown producer {need}", where=f"producer {producer.name}"
                )
    try:
        names = TopologicalSorter({p.name: p.needs for p in by_name.values()}).static_order()
        return [by_name[name] for name in names]
    except CycleError as error:
        raise RuleError(
            f"the producers need each other: {' → '.join(error.args[1])}", where="producers"
        ) from error


def in_waves(producers: Iterable[Producer]) -> Sequence[Sequence[Producer]]:
    """Return the producers in order, together with others that need nothing of each other.

    Raises:
        RuleError: They cannot be put in order.
    """
    waves: list[list[Producer]] = []
    wave_of: dict[str, int] = {}
    for producer in in_order(producers):
        wave = max((wave_of[need] + 1 for need in producer.needs), default=0)
        wave_of[producer.name] = wave
        if wave == len(waves):
            waves.append([])
        waves[wave].append(producer)
    return waves
