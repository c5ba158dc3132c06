"""The demo is not loaded into a ledger that somebody else has loaded into."""

from __future__ import annotations

import pytest
from django.utils import timezone

from regulars.apps.ingest.models import LoadRun
from regulars.base.errors import ConfigurationError
from regulars.server.demo import build

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the demo would load; loading it stops there."""
    names: list[str] = []

    def load(name: str) -> None:
        names.append(name)
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "load", load)
    return names


def run_of(mapping: str) -> None:
    LoadRun.objects.create(mapping=mapping, state="done", started_at=timezone.now())


def test_a_ledger_of_others_is_refused(loaded: list[str]) -> None:
    run_of("till")
    with pytest.raises(ConfigurationError, match="an installation that is not the demo"):
        build.build_demo()
    assert loaded == []


def test_a_demo_that_was_cut_off_goes_on(loaded: list[str]) -> None:
    run_of("complete_journey/products")
    with pytest.raises(KeyboardInterrupt):
        build.build_demo()
    assert loaded == ["complete_journey/products"]
