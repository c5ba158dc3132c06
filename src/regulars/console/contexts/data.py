"""The data pages: sources and loads, quarantine, refresh runs, lake tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.apps.accounts.types import Capability
from regulars.apps.ingest import queries as ingest
from regulars.lake.contracts import contract, contracts
from regulars.science.producers import last_runs

if TYPE_CHECKING:
    from regulars.apps.ingest.types import RunPage, SourceLine
    from regulars.console.desk import Desk
    from regulars.lake import Lake, TableState
    from regulars.lake.contracts import Contract
    from regulars.science.producers import ProducerRun

RUNS_PER_PAGE = 20
REFRESHES_SHOWN = 60
_UNITS = ("B", "KB", "MB", "GB", "TB")


@dataclass(frozen=True, slots=True)
class Job:
    """Work that waits for the worker or is being done; ``what`` is a mapping or ''.

    ``kind`` is load, refresh or tags.
    """

    kind: str
    what: str
    running: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the data pages."""

    label: str
    url: str
    active: bool


@dataclass(frozen=True, slots=True)
class DataPage:
    """Sources and load runs."""

    tabs: tuple[Tab, ...]
    sources: tuple[SourceLine, ...]
    runs: RunPage
    jobs: tuple[Job, ...]
    loading: frozenset[str]
    may_load: bool


@dataclass(frozen=True, slots=True)
class RefreshPage:
    """The log of the feature producers."""

    tabs: tuple[Tab, ...]
    runs: tuple[ProducerRun, ...]
    jobs: tuple[Job, ...]
    may_refresh: bool


@dataclass(frozen=True, slots=True)
class TableLine:
    """One lake table: what it is, and how much of it there is (None: never written)."""

    contract: Contract
    state: TableState | None
    size: str


def tabs(active: str) -> tuple[Tab, ...]:
    """Return the data pages, the one called ``active`` marked."""
    named = (
        ("data", _("Sources and loads")),
        ("data_quarantine", _("Quarantine")),
        ("data_refresh", _("Feature refresh")),
        ("data_tables", _("Tables")),
    )
    return tuple(
        Tab(label=label, url=reverse(f"console:{name}"), active=name == active)
        for name, label in named
    )


def data_page(desk: Desk, jobs: tuple[Job, ...], *, mapping: str, page: int) -> DataPage:
    """Put the sources and loads together."""
    loads = frozenset(job.what for job in jobs if job.kind == "load")
    return DataPage(
        tabs=tabs("data"),
        sources=ingest.sources(),
        runs=ingest.runs(page=page, mapping=mapping, per_page=RUNS_PER_PAGE),
        jobs=jobs,
        loading=loads,
        may_load=desk.actor.may(Capability.LOAD_DATA),
    )


def refresh_page(desk: Desk, jobs: tuple[Job, ...]) -> RefreshPage:
    """Put the run log together."""
    return RefreshPage(
        tabs=tabs("data_refresh"),
        runs=tuple(last_runs(desk.lake, limit=REFRESHES_SHOWN)),
        jobs=jobs,
        may_refresh=desk.actor.may(Capability.REFRESH),
    )


def table_lines(lake: Lake) -> tuple[TableLine, ...]:
    """Return every declared table, with its state where it was written."""
    states = {state.name: state for state in lake.tables()}
    return tuple(_table_line(one, states.get(one.name)) for one in contracts())


def table_line(lake: Lake, name: str) -> TableLine:
    """Return one table; raise ``UnknownTableError`` when there is no such contract."""
    states = {state.name: state for state in lake.tables()}
    return _table_line(contract(name), states.get(name))


def _table_line(declared: Contract, state: TableState | None) -> TableLine:
    return TableLine(contract=declared, state=state, size=_size(state.bytes) if state else "–")


def _size(number: int) -> str:
    amount = float(number)
    for unit in _UNITS:
        if amount < 1_000 or unit == _UNITS[-1]:
            return f"{amount:,.0f} {unit}" if unit == "B" else f"{amount:,.1f} {unit}"
        amount /= 1_000
    return ""
