"""Two passes of one suite: everything on SQLite, and on PostgreSQL what touches the ledger.

``DATABASE_URL`` decides which pass this is. Which tests touch the ledger, their fixtures and marks
say: whoever asks for the database, or for the ledger of a child process.
"""

from __future__ import annotations

import os

import pytest

from tests.child_ledger import on_postgresql

LEDGER_FIXTURES = frozenset(
    (
        "child_ledgers",
        "db",
        "transactional_db",
        "django_db_reset_sequences",
        "django_db_serialized_rollback",
        "live_server",
    )
)
# How many collected tests touch the ledger, and how many there are.
_FOUND = pytest.StashKey[tuple[int, int]]()
_NOTHING = (0, 0)


def touches_ledger(item: pytest.Item) -> bool:
    """Whether a test runs on the ledger's database."""
    asked = set(getattr(item, "fixturenames", ()))
    return bool(asked & LEDGER_FIXTURES) or item.get_closest_marker("django_db") is not None


def needs_server(item: pytest.Item) -> bool:
    """Whether a test makes sense on PostgreSQL alone."""
    return "postgresql_ledgers" in getattr(item, "fixturenames", ())


def takes_long(item: pytest.Item) -> bool:
    """Whether the test's file is one of the longest."""
    return any(item.get_closest_marker(name) for name in ("demo", "browser", "slow"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to the first pass what knows no ledger; the outcome would be the same."""
    touching = [item for item in items if touches_ledger(item)]
    config.stash[_FOUND] = len(touching), len(items)
    here = touching if on_postgresql() else [item for item in items if not needs_server(item)]
    if len(here) < len(items):
        kept = set(here)
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    # What takes longest begins first: at the end no worker waits for another's long file.
    items[:] = sorted(here, key=lambda item: not takes_long(item))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Keep the address from children: each of them gets a ledger of its own, or none."""
    # The process that only starts workers hands the address on to them.
    runs_tests = hasattr(session.config, "workerinput") or not session.config.getoption(
        "numprocesses", None
    )
    if runs_tests:
        os.environ.pop("DATABASE_URL", None)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    """Take a worker's counts along: where workers run the tests, only they collect them."""
    found = getattr(node, "workeroutput", {}).get("ledger_found")
    if found:
        config = node.config  # type: ignore[attr-defined]  # xdist publishes no types
        config.stash[_FOUND] = tuple(found)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand this worker's counts to the process that prints the summary."""
    output: dict[str, tuple[int, int]] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["ledger_found"] = session.config.stash.get(_FOUND, _NOTHING)
    elif on_postgresql() and session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.exitstatus = pytest.ExitCode.OK  # the chosen tests know no ledger


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests ran on which ledger."""
    touching, collected = terminalreporter.config.stash.get(_FOUND, _NOTHING)
    if on_postgresql():
        what = (
            f"PostgreSQL: {touching:,} tests touch it and ran here; the other "
            f"{collected - touching:,} are left to the pass on SQLite"
        )
    else:
        what = (
            f"SQLite: {collected:,} tests, of which {touching:,} touch it (what needs PostgreSQL "
            "has run in the other pass)"
        )
    terminalreporter.write_line(f"Ledger on {what}")
