"""Tags over the API: definitions, a member's tags, and imports, within the key's data scope."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import settings

from regulars.api.tests.chain import SHOP_1, ShopChain, caller_with
from regulars.api.types import ApiScope
from regulars.apps.tags.services import refresh_all_tags, save_category, save_tag
from regulars.apps.tags.tests.defined import given
from regulars.apps.tags.types import MadeBy
from regulars.lake import Lake

pytestmark = pytest.mark.django_db
AS_OF = date(2024, 6, 1)


@pytest.fixture(autouse=True)
def _tag(chain: ShopChain) -> None:
    save_category("work", name_zh="业务", name_en="Business")
    save_tag(None, Lake(settings.REGULARS_LAKE), given("fit", MadeBy.IMPORT))


def rows(chain: ShopChain, **values: str) -> list[dict[str, str]]:
    return [
        {"member_id": chain.member_of[letter], "tag": "fit", "value": value}
        for letter, value in values.items()
    ]


def test_imported_and_read_back(chain: ShopChain) -> None:
    system = caller_with()
    body = {"system": "虹客", "rows": [*rows(chain, a="gold", b="tin"), *rows(chain, e="silver")]}
    receipt = system.send("POST", "/tags/import", body, once="once").json()
    assert receipt == {"given": 2, "refused": [{"row": 2, "detail": "'tin' is no value"}]}
    assert system.send("POST", "/tags/import", body, once="once").json() == receipt
    refresh_all_tags(Lake(settings.REGULARS_LAKE), AS_OF)
    (held,) = system.get(f"/members/{chain.member_of['a']}/tags").json()["items"]
    assert (held["code"], held["value"], held["source"]) == ("fit", "gold", "external:虹客")
    (tag,) = system.get("/tags").json()["items"]
    assert (tag["code"], tag["members"], tag["as_of"]) == ("fit", 2, "2024-06-01")


def test_a_shop_gives_and_reads_its_own(chain: ShopChain) -> None:
    shop = caller_with(data_scope=SHOP_1)
    body = {"system": "till", "rows": rows(chain, a="gold", e="gold")}
    receipt = shop.send("POST", "/tags/import", body).json()
    assert (receipt["given"], [one["row"] for one in receipt["refused"]]) == (1, [2])
    refresh_all_tags(Lake(settings.REGULARS_LAKE), AS_OF)
    assert shop.get(f"/members/{chain.member_of['e']}/tags").status_code == 404
    assert shop.get("/tags").json()["items"][0]["members"] is None


def test_each_scope_opens_its_own(chain: ShopChain) -> None:
    reader = caller_with(ApiScope.TAGS_READ)
    body = {"system": "till", "rows": rows(chain, a="gold")}
    assert reader.send("POST", "/tags/import", body).status_code == 403
    assert caller_with(ApiScope.TAGS_WRITE).get("/tags").status_code == 403
    assert not Lake(settings.REGULARS_LAKE).snapshot().has("tag_assignments")
