"""Tags by hand and from other systems: within the scope, with provenance, and on the record."""

from __future__ import annotations

import pytest

from regulars.apps.accounts.models import AuditEvent
from regulars.apps.accounts.queries import scoped
from regulars.apps.accounts.types import Actor, DataScope, Role
from regulars.apps.tags.queries import member_tags, tags
from regulars.apps.tags.services import assign_tag, import_tags, refresh_all_tags, save_tag
from regulars.apps.tags.services.importing import rows_of_csv
from regulars.apps.tags.tests.conftest import actor
from regulars.apps.tags.tests.defined import AS_OF, defined, given
from regulars.apps.tags.types import MadeBy, ValueType
from regulars.base.errors import NotVisibleError, RefusedError, RuleError, SourceError
from regulars.lake import Lake

pytestmark = pytest.mark.django_db
HQ = DataScope("hq")


@pytest.fixture(autouse=True)
def _tags(lake: Lake, tree: None) -> None:
    for one in (defined(), given("vip"), given("fit", MadeBy.IMPORT)):
        save_tag(None, lake, one)


def held(lake: Lake, member: str) -> dict[str, tuple[str | float, str]]:
    refresh_all_tags(lake, AS_OF)
    found = member_tags(scoped(lake.snapshot(), HQ), member, tags())
    return {one.code: (one.value, one.source) for one in found}


def test_by_hand(lake: Lake, shop_manager: Actor) -> None:
    assert assign_tag(shop_manager, lake, "vip", ["m0", "m1"], "gold") == 2
    assert held(lake, "m0") == {"vip": ("gold", "hand:shop_manager")}
    assert held(lake, "m1") == {"women": ("yes", "members"), "vip": ("gold", "hand:shop_manager")}
    assign_tag(shop_manager, lake, "vip", ["m0"], None)
    assert held(lake, "m0") == {}
    event = AuditEvent.objects.filter(object_kind="member_tag").latest("pk")
    assert (event.object_id, event.detail["tag"], event.detail["given"]) == ("m0", "vip", None)


def test_only_members_of_the_scope(lake: Lake, shop_manager: Actor) -> None:
    with pytest.raises(NotVisibleError, match="1 of 2 members"):
        assign_tag(shop_manager, lake, "vip", ["m0", "m2"], "gold")
    assert not lake.snapshot().has("tag_assignments")
    assert not AuditEvent.objects.filter(object_kind="member_tag").exists()


def test_what_may_be_given(lake: Lake, operations: Actor) -> None:
    with pytest.raises(RuleError, match="no value"):
        assign_tag(operations, lake, "vip", ["m0"], "bronze")
    with pytest.raises(RuleError, match="not given by hand"):
        assign_tag(operations, lake, "women", ["m0"], "yes")
    with pytest.raises(RefusedError):
        assign_tag(actor(Role.ANALYST, HQ), lake, "vip", ["m0"], "gold")
    assert not lake.snapshot().has("tag_assignments")


def test_imported_with_provenance(lake: Lake) -> None:
    text = "\ufeffmember_id,tag,value\nm0,fit,gold\nm1,fit,tin\nm9,fit,gold\nm0,vip,gold\nm2,fit,\n"
    report = import_tags(lake, rows_of_csv(text), system="虹客", scope=HQ)
    assert report.given == 2
    assert dict(report.refused) == {
        2: "'tin' is no value",
        3: "there is no member 'm9' here",
        4: "'vip' is no imported tag",
    }
    assert held(lake, "m0") == {"fit": ("gold", "external:虹客")}
    assert held(lake, "m2") == {"women": ("yes", "members")}
    event = AuditEvent.objects.filter(object_kind="tags").latest("pk")
    assert event.detail == {"system": "虹客", "rows": 2, "refused": 3}


def test_an_import_keeps_to_its_scope(lake: Lake) -> None:
    rows = [("m0", "fit", "gold"), ("m2", "fit", "gold")]
    report = import_tags(lake, rows, system="till", scope=DataScope("store", ("s1",)))
    assert (report.given, [number for number, _why in report.refused]) == (1, [2])
    assert "fit" not in held(lake, "m2")


def test_who_may_not_define_tags_imports_none(lake: Lake, shop_manager: Actor) -> None:
    rows = [("m0", "fit", "gold")]
    with pytest.raises(RefusedError):
        import_tags(lake, rows, system="till", scope=shop_manager.scope, actor=shop_manager)
    assert not lake.snapshot().has("tag_assignments")


def test_an_import_that_cannot_be_read(lake: Lake) -> None:
    with pytest.raises(SourceError, match="no column tag"):
        list(rows_of_csv("member_id,value\nm0,gold\n"))
    with pytest.raises(RuleError, match="no name of a system"):
        import_tags(lake, [("m0", "fit", "gold")], system="", scope=HQ)
    assert not lake.snapshot().has("tag_assignments")


@pytest.mark.parametrize(
    "value", ["nan", "inf", "1_000", "１２", "1e5", "0x10", "1,5", " ", ".", "9" * 400]
)
def test_what_is_no_number(lake: Lake, value: str) -> None:
    amount = given("score", MadeBy.IMPORT, values=(), value_type=ValueType.QUANTITATIVE)
    save_tag(None, lake, amount)
    report = import_tags(
        lake, [("m0", "score", value), ("m1", "score", "-1.5")], system="x", scope=HQ
    )
    assert report.given == 1
    assert [why for _number, why in report.refused] == [f"{value!r} is no number"]


def test_a_line_that_is_no_csv(lake: Lake) -> None:
    text = f'member_id,tag,value\nm0,fit,gold\nm1,fit,"{"x" * 200_000}\n'
    with pytest.raises(SourceError, match="line 3: this is no CSV"):
        list(rows_of_csv(text))


def test_given_tags_outlive_a_rerun_and_computed_ones_move(lake: Lake, operations: Actor) -> None:
    assign_tag(operations, lake, "vip", ["m0"], "gold")
    before = held(lake, "m0")
    refresh_all_tags(lake, AS_OF, full=True)
    assert held(lake, "m0") == before
