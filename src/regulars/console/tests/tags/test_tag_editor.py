"""The editor of tags: what it counts before all is filled in, what it replaces, what it keeps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.apps.accounts.types import DataScope, Role
from regulars.apps.tags.queries import tag_named
from regulars.apps.tags.tests.defined import defined
from regulars.apps.tags.types import BucketSpec, MadeBy
from regulars.console.tests.chain import Chain
from regulars.console.tests.conftest import SignIn
from regulars.console.tests.tags.test_tag_pages import filled
from regulars.console.views.tags.lines import bucket_lines, buckets_in

HQ = DataScope("hq")
UNSAID = ("code", "name_zh", "name_en", "definition_zh", "category", "source", "owner")


def test_the_rule_is_counted_before_the_rest_is_filled_in(tagged: Chain, sign_in: SignIn) -> None:
    client = sign_in(Role.OPERATIONS, HQ)
    said = filled(**dict.fromkeys(UNSAID, ""), update_days="", weight="")
    counted = client.post("/tags/new/count/", said)
    assert counted.status_code == 200
    assert counted.context["found"].figures.members == 9
    wrong = client.post("/tags/new/count/", said | {"values": "yes | 是 | Yes | did orderr count"})
    assert "line 1, character" in wrong.context["problem"]
    assert wrong.context["label"] == "Values"


def test_nothing_is_counted_before_there_is_a_rule(tagged: Chain, sign_in: SignIn) -> None:
    client = sign_in(Role.OPERATIONS, HQ)
    blank = client.post("/tags/new/count/", filled(values=""))
    assert blank.status_code == 200
    assert "As soon as there is a rule" in blank.content.decode()
    unruled = client.post("/tags/new/count/", filled(values="yes | 是 | Yes"))
    assert "no rule to choose a value by" in unruled.context["problem"].lower()


def test_what_is_given_is_not_counted(tagged: Chain, sign_in: SignIn) -> None:
    client = sign_in(Role.OPERATIONS, HQ)
    for made_by in (MadeBy.HAND, MadeBy.IMPORT):
        said = filled(made_by=made_by.value, values="gold | 金 | Gold")
        page = client.post("/tags/new/count/", said)
        assert "there is nothing to count" in page.content.decode()


def test_a_new_tag_replaces_no_other(tagged: Chain, sign_in: SignIn) -> None:
    client = sign_in(Role.OPERATIONS, HQ)
    answer = client.post("/tags/new/", filled(code="gender"))
    assert answer.status_code == 422
    assert "Another tag has this code" in " ".join(answer.context["form"].errors["code"])
    assert tag_named("gender").version == 1


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_bounds_are_the_same_after_editing(bounds: list[float]) -> None:
    specs = (
        *(
            BucketSpec(code=f"b{n}", name_zh="段", name_en=f"Band {n}", below=bound)
            for n, bound in enumerate(bounds)
        ),
        BucketSpec(code="rest", name_zh="其余", name_en="Rest"),
    )
    assert buckets_in(bucket_lines(defined(buckets=specs))) == specs


@pytest.mark.parametrize(("bound", "shown"), [(1500000.0, "1500000"), (0.1, "0.1"), (5, "5")])
def test_bounds_are_written_as_people_do(bound: float, shown: str) -> None:
    specs = (BucketSpec(code="a", name_zh="段", name_en="Band", below=bound),)
    assert bucket_lines(defined(buckets=specs)) == f"a | 段 | Band | {shown}"
