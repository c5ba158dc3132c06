"""The look-alike pages: a seed asked for, counts that lead to members, tags and files."""

from __future__ import annotations

from datetime import UTC, datetime
from html import unescape

import pyarrow as pa
import pytest
from django.conf import settings
from django.test import Client
from django_tasks_db.models import DBTaskResult

from regulars.apps.accounts.types import DataScope, Role
from regulars.apps.audiences.models import ExpansionRun
from regulars.apps.audiences.queries import expansions
from regulars.apps.audiences.services import work_out
from regulars.apps.tags.queries import tags
from regulars.console.desk import forget
from regulars.console.tests.chain import AS_OF, Chain
from regulars.console.tests.conftest import SignIn
from regulars.console.tests.insights.reading import charts, members_behind
from regulars.lake import Lake
from regulars.lake.contracts import contract

RUN = "x0123456789abcdef"
SIMILARITY = {"c4": 95.0, "c5": 70.0, "c6": 70.0, "c8": 12.5}
REPORT = {
    "auc": 0.83, "auc_random_error": 0.04, "seed": 3, "seed_kept": 1, "unknown": 2, "others": 7,
    "refused": 1, "seed_refused": 0, "left_out": ["features/rfm"],
    "traits": [["bought DRINKS", 1.5], ["bought DRINKS squared", -1.0], ["frequency missing", 0.4]],
    "seconds": 0.5,
}  # fmt: skip


@pytest.fixture
def found(chain: Chain) -> Chain:
    """Members c1 to c3 are the seed; four others are like it."""
    counts = [sum(one >= step for one in SIMILARITY.values()) for step in range(101)]
    ExpansionRun.objects.create(
        run_id=RUN, title="Tea lovers", seed_kind="rule", seed_rule="did order", as_of=AS_OF,
        state="done", requested_by="lin", requested_at=datetime(2024, 6, 15, tzinfo=UTC),
        report=REPORT, counts=counts,
    )  # fmt: skip
    rows = [
        {"run_id": RUN, "member_id": chain.member_of[name], "part": "seed"}
        for name in ("c1", "c2", "c3")
    ] + [
        {"run_id": RUN, "member_id": chain.member_of[name], "part": "found",
         "similarity": similarity, "position": place}
        for place, (name, similarity) in enumerate(SIMILARITY.items(), start=1)
    ]  # fmt: skip
    with Lake(settings.REGULARS_LAKE).transaction(note="found") as transaction:
        table = pa.Table.from_pylist(rows, contract("lookalikes").arrow_schema)
        transaction.replace_partition("lookalikes", table, partition={"run_id": RUN})
    forget()
    return chain


@pytest.fixture
def admin(sign_in: SignIn) -> Client:
    return sign_in(Role.ADMIN)


def seen(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_every_step_leads_to_its_members(found: Chain, admin: Client) -> None:
    page = seen(admin, f"/insights/lookalike/{RUN}/")
    chart = charts(admin.get(f"/insights/lookalike/{RUN}/").content.decode())["chart-alike"]
    counts = {row[0]: row[1] for row in chart["rows"]}
    assert (counts["≥ 0"], counts["≥ 15"], counts["≥ 70"], counts["≥ 95"], counts["≥ 100"]) == (
        4, 3, 3, 1, 0,
    )  # fmt: skip
    for row, link in zip(chart["rows"], chart["links"], strict=True):
        assert len(members_behind(admin, link) if link else []) == row[1]
    for shown in ("0.83", "0.50 ± 0.04", "Tea lovers", "features/rfm", "did order",
                  "share bought in DRINKS", "more often unknown"):  # fmt: skip
        assert shown in page, shown
    assert "by chance" not in page
    assert page.count("share bought in DRINKS") == 1


def test_a_weak_seed_is_warned_of(found: Chain, admin: Client) -> None:
    ExpansionRun.objects.update(report=REPORT | {"auc": 0.69})
    assert "most of these members are like it by chance" in seen(
        admin, f"/insights/lookalike/{RUN}/"
    )


def test_they_are_kept_as_a_tag_with_one_click(found: Chain, admin: Client) -> None:
    address = f"/insights/lookalike/{RUN}/keep/"
    answer = admin.post(address, {"similarity_min": "70", "code": "like_tea"})
    assert answer.headers["Location"] == "/tags/like_tea/"
    given = Lake(settings.REGULARS_LAKE).snapshot().table("tag_assignments").to_pyarrow()
    wanted = {found.member_of[name] for name in ("c4", "c5", "c6")}
    assert set(given["member_id"].to_pylist()) == wanted
    for similarity, code in (("170", "a"), ("x", "b"), ("70", "like_tea")):
        answer = admin.post(address, {"similarity_min": similarity, "code": code})
        assert answer.headers["Location"] == f"/insights/lookalike/{RUN}/"
    assert [tag.definition.code for tag in tags()] == ["like_tea"]


def test_the_export_names_nobody(found: Chain, admin: Client) -> None:
    answer = admin.post(f"/insights/lookalike/{RUN}/export/", {"similarity_min": "70"})
    text = answer.getvalue().decode()
    assert len(text.splitlines()) == 4
    assert not any(member in text for member in found.member_of.values())
    assert admin.get(f"/insights/lookalike/{RUN}/export/").status_code == 405


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        (
            {"kind": "group", "group": "important_value"},
            'feature.rfm.rfm_group = "important_value"',
        ),
        ({"kind": "rule", "rule": " did order "}, "did order"),
    ],
)
def test_a_seed_is_asked_for_and_the_worker_told(
    chain: Chain, admin: Client, given: dict[str, str], rule: str
) -> None:
    answer = admin.post("/insights/lookalike/", given | {"title": "Mine"})
    (asked,) = expansions()
    assert answer.headers["Location"] == f"/insights/lookalike/{asked.run_id}/"
    assert (asked.seed_rule, asked.title, asked.as_of) == (rule, "Mine", AS_OF)
    assert DBTaskResult.objects.filter(task_path__endswith="expand").count() == 1
    assert "this page follows it" in seen(admin, f"/insights/lookalike/{asked.run_id}/")
    # Ten members are too few, and the page says so.
    work_out(Lake(settings.REGULARS_LAKE), asked.run_id)
    assert "Look-alikes need 20" in seen(admin, f"/insights/lookalike/{asked.run_id}/")
    assert "Failed" in seen(admin, "/insights/lookalike/")


def test_ids_come_from_the_field_and_from_a_file(chain: Chain, admin: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    first, second = chain.member_of["c1"], chain.member_of["c2"]
    file = SimpleUploadedFile("seed.csv", f"member_id,name\r\n{second},x\r\n".encode())
    admin.post(
        "/insights/lookalike/", {"kind": "list", "ids": f" {first} , nonsense", "file": file}
    )
    (asked,) = expansions()
    rows = Lake(settings.REGULARS_LAKE).snapshot().table("lookalikes").to_pyarrow()
    assert sorted(rows["member_id"].to_pylist()) == sorted([first, second])
    assert asked.title == "2 listed members"


@pytest.mark.parametrize(
    "given",
    [
        {}, {"kind": "group", "group": "x"}, {"kind": "rule", "rule": ""},
        {"kind": "list", "ids": "13800138000"}, {"kind": "rule", "rule": "did nothing"},
    ],
)  # fmt: skip
def test_what_is_no_seed_is_told_and_nothing_asked(
    chain: Chain, admin: Client, given: dict[str, str]
) -> None:
    answer = admin.post("/insights/lookalike/", given)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert expansions() == ()


def test_look_alikes_are_for_headquarters(found: Chain, sign_in: SignIn) -> None:
    for role, scope in (
        (Role.SHOP_MANAGER, DataScope("store", ("s1",))),
        (Role.OPERATIONS, DataScope("store", ("s1",))),
        (Role.ANALYST, DataScope("hq")),
    ):
        client = sign_in(role, scope)
        assert client.get("/insights/lookalike/").status_code in {403, 404}
        assert client.get(f"/insights/lookalike/{RUN}/").status_code in {403, 404}
        given = {"similarity_min": "0", "code": "like_tea"}
        assert client.post(f"/insights/lookalike/{RUN}/keep/", given).status_code in {403, 404}
        assert "/insights/lookalike/" not in client.get("/insights/rfm/").content.decode()
        behind = members_behind(client, f"/members/?alike={RUN}&alike_min=0")
        # Whoever got the address sees those of the own scope: c4, c5 and c6 are at home in s1.
        assert len(behind) == (4 if scope.is_hq else 3)
    assert tags() == ()


def test_conditions_stand_in_one_chip(found: Chain, admin: Client) -> None:
    page = seen(admin, f"/members/?alike={RUN}&alike_min=70")
    assert f"look-alikes {RUN}, at least 70 alike" in page
    assert "alike" in seen(admin, "/members/?alike=drop+table")
