"""What the tests of this room share: a shop and a stand-in for the members room."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from regulars.apps.ingest import hooks
from regulars.apps.ingest.tests.shop import Shop, StandIn
from regulars.base.brand import Brand


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """A resolver that knows nothing yet."""
    resolver = StandIn()
    monkeypatch.setattr(hooks, "_resolver", resolver)
    return resolver


@pytest.fixture
def shop(db: None, stand_in: StandIn, settings: Settings) -> Shop:
    """A shop of a brand in Shanghai, with an empty home."""
    settings.REGULARS_BRAND = Brand(name="Test", zone="Asia/Shanghai", currency="CNY", region="CN")
    return Shop()
