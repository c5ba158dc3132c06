"""What holds for every test of the house."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker, Settings

from regulars.base.brand import Brand
from tests.child_ledger import ChildLedgers

pytest_plugins = ["tests.both_ledgers"]


# The base install has no pandas, but the tests' own virtual environment has (benchmarks measure
# against it, the demo's data package asks for it). Here every import of it fails, so that code
# which would need it, also through Ibis, cannot pass a test. Oracles use plain Python or Polars.
# (``sys.modules["pandas"] = None`` would not do: PyArrow's compiled import takes None for it.)
class _NoPandas(MetaPathFinder):
    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> None:
        """Refuse pandas; leave every other module to the finders after this one."""
        if name.partition(".")[0] == "pandas":
            raise ModuleNotFoundError("pandas is blocked in tests", name=name)


sys.meta_path.insert(0, _NoPandas())


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_the_disk() -> Iterator[None]:
    """Let commits of the lake return before the disk has them: no test cuts the power.

    What is killed in tests is a process, whose writes the kernel keeps. Children do wait.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _descriptor: None)
        yield


@pytest.fixture(autouse=True)
def _own_home(settings: Settings, tmp_path: Path) -> None:
    """Give every test its own REGULARS_HOME: no test reads or writes the keys of a real one.

    Its brand is the default one, also where a demo stands in the checkout's own var/.
    """
    settings.REGULARS_HOME = tmp_path / "home"
    settings.REGULARS_BRAND = Brand("Regulars", "Asia/Shanghai", "CNY", "CN")
    settings.TIME_ZONE = settings.REGULARS_BRAND.zone
    settings.REGULARS_LAKE = settings.REGULARS_HOME / "lake"
    settings.STATIC_ROOT = None  # nothing is collected there; the finders serve the packages' files


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None,  # noqa: ARG001  the tables must exist first
    django_db_blocker: DjangoDbBlocker,
) -> None:
    """Let Django empty the audit trail after a test with a live server.

    Its triggers refuse every DELETE and TRUNCATE, also these; their own test puts them back.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP TRIGGER audit_no_delete ON accounts_auditevent")
            cursor.execute("DROP TRIGGER audit_no_truncate ON accounts_auditevent")
        else:
            cursor.execute("DROP TRIGGER audit_no_delete")


@pytest.fixture(scope="session")
def child_ledgers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChildLedgers]:
    """Give the ledger of a home to the processes a test starts there."""
    ledgers = ChildLedgers(tmp_path_factory.mktemp("ledger"))
    yield ledgers
    ledgers.drop()


@pytest.fixture(scope="session")
def postgresql_ledgers(child_ledgers: ChildLedgers) -> ChildLedgers:
    """The same, for a test that makes sense on PostgreSQL alone: it runs in that pass only."""
    return child_ledgers
