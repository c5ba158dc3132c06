"""Every part of a profile says where it is from and since when; tags in the catalogue's words."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from regulars.api.tests.chain import AS_OF, SHOP_1, ShopChain, caller_with
from regulars.api.types import ApiScope
from regulars.apps.accounts.types import DataScope
from regulars.apps.members.services.serving import serve_profiles
from regulars.apps.tags.services import import_tags, refresh_all_tags, save_category, save_tag
from regulars.apps.tags.tests.defined import defined, given
from regulars.apps.tags.types import Derivation, MadeBy, ModelSpec, ValueSpec
from regulars.lake import Lake

pytestmark = pytest.mark.django_db
HQ = DataScope("hq")


@pytest.fixture
def tagged(chain: ShopChain) -> ShopChain:
    """One tag by rule, one by a model, one that another system gave to member c."""
    lake = Lake(settings.REGULARS_LAKE)
    save_category("work", name_zh="业务", name_en="Business")
    save_tag(None, lake, given("fit", MadeBy.IMPORT))
    save_tag(
        None,
        lake,
        defined(
            "often",
            values=(
                ValueSpec(
                    code="yes", name_zh="是", name_en="Yes", when="feature.rfm.frequency >= 5"
                ),
            ),
            made_by=MadeBy.MODEL,
            derivation=Derivation.PREDICTION,
            model=ModelSpec(table="features/rfm", score="f_score", version="rfm_group"),
        ),
    )
    rows = [(chain.member_of["c"], "fit", "gold")]
    import_tags(lake, rows, system="虹客", scope=HQ)
    refresh_all_tags(lake, AS_OF)
    serve_profiles(lake)
    return chain


def profile(chain: ShopChain, letter: str, scope: DataScope = HQ) -> Any:
    path = f"/members/{chain.member_of[letter]}/profile"
    return caller_with(data_scope=scope).get(path)


def test_attributes_and_traits_carry_source_and_time(chain: ShopChain) -> None:
    said = profile(chain, "a").json()
    attributes = {one["name"]: one for one in said["attributes"]}
    assert {name: one["value"] for name, one in attributes.items()} == {
        "home_store_id": "s1",
        "guide_id": "g1",
        "joined_on": "2024-01-02",
        "joined_channel": "pos",
    }
    assert {one["source"] for one in attributes.values()} == {"crm"}
    assert all(one["updated_at"].endswith("Z") for one in attributes.values())
    # Four of six wanted fields: gender and birthday are not known.
    assert said["completeness"] == 0.6667
    traits = {(one["source"], one["name"]): one for one in said["traits"]}
    assert traits["features/rfm", "frequency"]["value"] == 5
    assert traits["features/rfm", "monetary"]["value"] == "50.00"
    assert traits["features/lifecycle", "order_count"]["value"] == 5
    assert {one["as_of"] for one in said["traits"]} == {"2024-06-01"}


def test_tags_are_told_in_both_languages_with_their_source(tagged: ShopChain) -> None:
    tags = {one["code"]: one for one in profile(tagged, "c").json()["tags"]}
    assert set(tags) == {"fit", "often"}
    fit, often = tags["fit"], tags["often"]
    assert (fit["value"], fit["source"], fit["made_by"]) == ("gold", "external:虹客", "import")
    assert (often["as_of"], often["derivation"]) == ("2024-06-01", "prediction")
    rfm = profile(tagged, "c").json()["rfm"]
    assert (often["probability"], often["model_version"]) == (
        float(rfm["f_score"]),
        rfm["rfm_group"],
    )
    assert "fit" not in {one["code"] for one in profile(tagged, "a").json()["tags"]}


def test_tags_are_told_alike_and_only_with_their_scope(tagged: ShopChain) -> None:
    path = f"/members/{tagged.member_of['c']}"
    both = caller_with(ApiScope.MEMBERS_READ, ApiScope.TAGS_READ)
    told = both.get(f"{path}/profile").json()["tags"]
    assert len(told) == 2
    assert both.get(f"{path}/tags").json()["items"] == told
    alone = caller_with(ApiScope.MEMBERS_READ).get(f"{path}/profile")
    assert alone.status_code == 200
    assert alone.json()["tags"] is None
    assert "虹客" not in alone.content.decode()


def test_a_tag_that_is_refreshed_is_served_anew(tagged: ShopChain) -> None:
    lake = Lake(settings.REGULARS_LAKE)
    import_tags(lake, [(tagged.member_of["a"], "fit", "gold")], system="虹客", scope=HQ)
    refresh_all_tags(lake, AS_OF)
    assert serve_profiles(lake).written == 1
    assert "fit" in {one["code"] for one in profile(tagged, "a").json()["tags"]}


def test_the_timeline_is_newest_first_and_scope_is_kept(chain: ShopChain) -> None:
    happened = profile(chain, "c").json()["timeline"]
    assert [one["id"] for one in happened] == chain.orders_of("c")
    assert happened[0] == {
        "at": "2024-05-10T04:00:00.000000Z",
        "kind": "order",
        "id": "o-c-5",
        "channel": "pos",
        "store_id": "s2",
        "amount": "30.00",
    }
    region = DataScope("region", ("north",))
    for scope, letter, status in (
        (SHOP_1, "a", 200), (SHOP_1, "d", 404), (region, "b", 200), (region, "e", 404),
        (DataScope("guide", ("g1",)), "a", 200), (DataScope("guide", ("g1",)), "c", 404),
    ):  # fmt: skip
        assert profile(chain, letter, scope).status_code == status
