"""A copy that is behind the ledger: who moved or was erased is cut by what the ledger says."""

from __future__ import annotations

import pytest

from regulars.api.answers import profiles
from regulars.api.tests.chain import HQ, SHOP_1, ShopChain, caller_with
from regulars.apps.accounts.types import DataScope
from regulars.apps.members.models import Member
from regulars.apps.members.types import MemberState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _after_a_large_load(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many members changed that the copy is answered until it follows."""
    monkeypatch.setattr(profiles, "_CHANGED_MAX", 0)


def status(chain: ShopChain, letter: str, scope: DataScope) -> int:
    path = f"/members/{chain.member_of[letter]}/profile"
    return int(caller_with(data_scope=scope).get(path).status_code)


def test_who_moved_is_told_to_the_new_shop_alone(chain: ShopChain) -> None:
    assert (status(chain, "a", SHOP_1), status(chain, "d", SHOP_1)) == (200, 404)
    Member.objects.filter(pk=chain.member_of["a"]).update(home_store_id="s2")
    Member.objects.filter(pk=chain.member_of["d"]).update(home_store_id="s1")
    assert (status(chain, "a", SHOP_1), status(chain, "d", SHOP_1)) == (404, 200)


def test_who_is_erased_is_told_to_nobody(chain: ShopChain) -> None:
    Member.objects.filter(pk=chain.member_of["a"]).update(state=MemberState.ERASED)
    assert status(chain, "a", HQ) == 404
