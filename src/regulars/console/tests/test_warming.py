"""After a commit the pages' questions are asked before a reader asks them."""

from __future__ import annotations

import ibis.expr.types as ir
import pytest
from django.conf import settings

from regulars.apps.accounts.types import Actor, DataScope, Role
from regulars.console.background import warming
from regulars.console.contexts.overview import overview
from regulars.console.desk import desk_at
from regulars.console.tests.chain import Chain
from regulars.console.tests.conftest import SignIn
from regulars.lake import Lake

SHOP = DataScope("store", ("s1",))


def test_headquarters_and_the_scopes_of_staff_are_asked_for(chain: Chain, sign_in: SignIn) -> None:
    sign_in(Role.SHOP_MANAGER, SHOP)
    assert warming.scopes() == (DataScope("hq"), SHOP)


def test_a_warmed_overview_asks_the_lake_nothing(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise AssertionError("the lake was asked")

    manager = Actor(user_id=1, username="m", name="M", role=Role.SHOP_MANAGER, scope=SHOP)
    with Lake(settings.REGULARS_LAKE).snapshot() as snapshot:
        warming.warm(snapshot, SHOP)
        monkeypatch.setattr(ir.Table, "to_pyarrow", refuse)
        page = overview(desk_at(snapshot, manager, wanted=""))
    assert page.tiles
