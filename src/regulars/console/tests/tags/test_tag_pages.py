"""The tag centre, one tag, the editor with its live count, imports, and a member's tags."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from regulars.apps.accounts.types import DataScope, Role
from regulars.apps.tags.queries import tag_named
from regulars.apps.tags.services import refresh_all_tags
from regulars.apps.tags.services.installing import shipped_packs
from regulars.console.tests.chain import AS_OF, Chain
from regulars.console.tests.conftest import SignIn
from regulars.console.views.tags.given import ROWS_MAX
from regulars.lake import Lake

HQ, SHOP = DataScope("hq"), DataScope("store", ("s1",))


def filled(**said: str) -> dict[str, str]:
    whole = {
        "code": "regulars",
        "name_zh": "常客",
        "name_en": "Regulars",
        "definition_zh": "近 90 天两单以上",
        "category": "worth_value",
        "source": "orders",
        "owner": "Ada",
        "update_days": "1",
        "made_by": "rule",
        "value_type": "qualitative",
        "origin": "business",
        "derivation": "fact",
        "weight": "1",
        "values": "yes | 是 | Yes | did order in last 90 days count >= 2",
    }
    return whole | said


def test_the_centre_selects_a_node_with_all_below_it(tagged: Chain, sign_in: SignIn) -> None:
    client = sign_in(Role.OPERATIONS, HQ)
    found = client.get("/tags/").context["found"]
    assert len(found.rows) == sum(len(pack.tags) for pack in shipped_packs()) + len(("vip", "fit"))
    basic = client.get("/tags/?category=basic").context["found"]
    assert len(basic.rows) == 13
    assert {row.tag.path[0] for row in basic.rows} == {"basic"}
    joining = client.get("/tags/?category=basic_joining").context["found"]
    assert {row.tag.code for row in joining.rows} < {row.tag.code for row in basic.rows}
    smart = client.get("/tags/?origin=base&made_by=sql").context["found"]
    assert {row.tag.code for row in smart.rows} == {
        "birthday_month",
        "birthday_soon",
        "home_region",
    }


def test_counts_are_of_the_readers_scope(tagged: Chain, sign_in: SignIn) -> None:
    whole = sign_in(Role.OPERATIONS, HQ).get("/tags/recency_band/").context["found"]
    shop_client = sign_in(Role.SHOP_MANAGER, SHOP)
    shop = shop_client.get("/tags/recency_band/").context["found"]
    assert whole.facts[0].note.split()[0] == "10"
    assert shop.facts[0].note.split()[0] == "6"
    rows = {row.tag.code: row for row in shop_client.get("/tags/").context["found"].rows}
    assert rows["recency_band"].members == 6


def test_a_shop_manager_changes_nothing(tagged: Chain, sign_in: SignIn) -> None:
    client = sign_in(Role.SHOP_MANAGER, SHOP)
    assert b"/tags/new/" not in client.get("/tags/").content
    for address in ("/tags/new/", "/tags/gender/edit/", "/tags/import/"):
        assert client.get(address).status_code == 403
    assert client.post("/tags/gender/delete/").status_code == 403
    assert client.post("/tags/new/", filled()).status_code == 403
    assert tag_named("gender").version == 1


def test_a_tag_is_defined_counted_and_changed(tagged: Chain, sign_in: SignIn) -> None:
    client = sign_in(Role.OPERATIONS, HQ)
    counted = client.post("/tags/new/count/", filled())
    assert counted.context["found"].figures.members == 9
    saved = client.post("/tags/new/", filled())
    assert (saved.status_code, saved.headers["Location"]) == (302, "/tags/regulars/")
    page = client.get("/tags/regulars/edit/")
    assert "did order in last 90 days count &gt;= 2" in page.content.decode()
    client.post("/tags/regulars/edit/", filled(owner="Bo"))
    assert (tag_named("regulars").version, tag_named("regulars").definition.owner) == (2, "Bo")
    shown = client.get("/tags/regulars/").context["found"]
    assert [one.name for one in shown.inputs] == ["order"]
    assert [line.number for line in shown.versions] == [2, 1]


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"owner": ""}, "owner", "This field is required."),
        (
            {"values": "yes | 是 | Yes | did order in last days"},
            "values",
            "line 1, character 19: a number of days",
        ),
        ({"values": "yes"}, "values", "line 1: write code"),
        ({"values": "", "take": "did order countt"}, "take", "character 11"),
        ({"definition_zh": ""}, "definition_zh", "Say in one of the two languages"),
    ],
)
def test_errors_stand_where_they_belong(
    tagged: Chain, sign_in: SignIn, said: dict[str, str], field: str, words: str
) -> None:
    client = sign_in(Role.OPERATIONS, HQ)
    answer = client.post("/tags/new/", filled(**said))
    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors[field])


def test_what_is_used_is_not_deleted(tagged: Chain, sign_in: SignIn) -> None:
    client = sign_in(Role.OPERATIONS, HQ)
    answer = client.post("/tags/discount_share/delete/", follow=True)
    assert "stays until it is taken out there" in answer.content.decode()
    assert tag_named("discount_share").version == 1
    client.post("/tags/discount_dependence/delete/")
    assert client.get("/tags/discount_dependence/").status_code == 404


def test_an_import_says_what_came_of_it(tagged: Chain, sign_in: SignIn) -> None:
    client = sign_in(Role.OPERATIONS, HQ)
    member = tagged.member_of["c1"]
    text = f"member_id,tag,value\n{member},fit,gold\nnobody,fit,gold\n"
    file = SimpleUploadedFile("tags.csv", text.encode())
    answer = client.post("/tags/import/", {"system": "虹客", "file": file})
    report = answer.context["report"]
    assert (report.given, [number for number, _why in report.refused]) == (1, [2])
    assert client.post("/tags/import/", {"system": "虹客"}).status_code == 422


def test_a_large_import_is_for_the_command(tagged: Chain, sign_in: SignIn) -> None:
    client = sign_in(Role.OPERATIONS, HQ)
    for rows, given in ((ROWS_MAX, True), (ROWS_MAX + 1, False)):
        text = "member_id,tag,value\n" + "nobody,fit,gold\n" * rows
        said = {"system": "till", "file": SimpleUploadedFile("tags.csv", text.encode())}
        answer = client.post("/tags/import/", said)
        page = answer.content.decode()
        assert (answer.status_code == 200) is given
        assert ("and 19,900 rows more" in page) is given
        assert ("regulars tags import" in page) is not given


def test_a_members_tags(tagged: Chain, sign_in: SignIn, settings: Settings) -> None:
    client = sign_in(Role.SHOP_MANAGER, SHOP)
    member = tagged.member_of["c1"]
    client.post(f"/members/{member}/tags/assign/", {"tag": "vip", "value": "gold"})
    refresh_all_tags(Lake(settings.REGULARS_LAKE), AS_OF)
    panel = client.get(f"/members/{member}/tags/").context["panel"]
    held = {chip.held.code: chip.held for group in panel.groups for chip in group.chips}
    assert (held["vip"].value, held["vip"].source) == ("gold", "hand:shop_manager-1")
    assert held["recency_band"].as_of == AS_OF
    other = tagged.member_of["c7"]
    assert client.get(f"/members/{other}/tags/").status_code == 404
    refused = client.post(f"/members/{other}/tags/assign/", {"tag": "vip", "value": "gold"})
    assert refused.status_code == 404


@pytest.mark.parametrize(
    ("address", "budget"),
    [("/tags/", 9), ("/tags/gender/", 13), ("/tags/gender/edit/", 9), ("/members/{m}/tags/", 7)],
)
def test_a_page_keeps_to_its_budget(
    tagged: Chain,
    sign_in: SignIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    address: str,
    budget: int,
) -> None:
    client: Client = sign_in(Role.OPERATIONS, HQ)
    with django_assert_max_num_queries(budget):
        assert client.get(address.format(m=tagged.member_of["c1"])).status_code == 200
