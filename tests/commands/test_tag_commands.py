"""``regulars tags``: what the commands print, what they do, and how they end."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from typer.testing import CliRunner

from regulars.apps.accounts.models import AuditEvent
from regulars.apps.tags.queries import tag_named, tags
from regulars.apps.tags.services import save_category, save_tag
from regulars.apps.tags.services.installing import shipped_packs
from regulars.apps.tags.tests.defined import defined, given
from regulars.apps.tags.types import MadeBy
from regulars.lake import Lake
from regulars.server.cli import mounted
from tests.science.history import Member, bought, on
from tests.science.lake_rows import member_rows, order_rows

pytestmark = pytest.mark.django_db
SHIPPED = sum(len(pack.tags) for pack in shipped_packs())


@pytest.fixture
def lake() -> Lake:
    """Two members, of whom one has bought on two days, the last of them the tenth."""
    lake = Lake(Path(settings.REGULARS_LAKE))
    with lake.transaction(note="load") as transaction:
        transaction.upsert("orders", order_rows(bought("a", 1, 9)))
        transaction.upsert("members", member_rows([Member("a", on(0)), Member("b", on(2))]))
    return lake


@pytest.fixture
def two(lake: Lake) -> Lake:
    """The same with a tag by rule and one that another system gives."""
    save_category("work", name_zh="业务", name_en="Business")
    save_tag(None, lake, defined("buyers", values=(), take="did order count", **_NUMBER))
    save_tag(None, lake, given("fit", MadeBy.IMPORT))
    return lake


_NUMBER = {"value_type": "quantitative"}


def run(*words: str) -> tuple[int, str]:
    result = CliRunner(env={"COLUMNS": "160"}).invoke(mounted(), ["tags", *words])
    return result.exit_code, result.output


def rows(lake: Lake, *columns: str) -> list[tuple[object, ...]]:
    with lake.snapshot() as snapshot:
        held = snapshot.table("tags").order_by("member_id").to_pyarrow().to_pylist()
    return [tuple(row[name] for name in columns) for row in held]


def test_shipped_tags_are_installed_once(lake: Lake) -> None:
    assert run("install") == (0, f"{SHIPPED} tags installed, 0 were there\n")
    assert len(tags()) == SHIPPED
    assert run("install") == (0, f"0 tags installed, {SHIPPED} were there\n")


def test_without_tags_nothing_is_refreshed(lake: Lake) -> None:
    code, output = run("refresh")
    assert (code, output) == (0, "There is no tag; regulars tags install brings the shipped ones\n")
    assert not lake.snapshot().has("tags")


def test_tags_are_refreshed_as_of_the_day_after_the_last_order(two: Lake) -> None:
    code, output = run("refresh")
    assert code == 0, output
    assert "tags as of 2024-01-11: done, full, 2 members, 2 rows written" in output
    assert rows(two, "member_id", "as_of", "buyers") == [
        ("a", date(2024, 1, 11), 2.0),
        ("b", date(2024, 1, 11), None),
    ]
    assert "unchanged, none, 0 members, 0 rows written" in run("refresh")[1]
    assert "done, full, 2 members" in run("refresh", "--full")[1]
    assert "tags as of 2024-01-05: done, full" in run("refresh", "--as-of", "2024-01-05")[1]
    assert rows(two, "buyers") == [(1.0,), (None,)]


def test_the_list_tells_coverage_and_what_failed(two: Lake) -> None:
    query = "SELECT member_id, order_id AS value FROM orders"
    save_tag(None, two, defined("broken", made_by=MadeBy.SQL, query=query, values=()))
    assert "broken" in run("list")[1]
    code, output = run("refresh")
    assert code == 1
    assert "✗ broken: " in output
    cells = [[cell.strip() for cell in line.split("│")] for line in run("list")[1].splitlines()]
    lines = {line[1]: line for line in cells if len(line) > 1}
    assert lines["buyers"][2:8] == [
        "work", "rule", "1", "1", "50.0%", "2024-01-11",
    ]  # fmt: skip
    assert "gives a member twice" in tag_named("broken").state.error  # type: ignore[union-attr]  # refreshed above
    assert lines["fit"][5:7] == ["0", "0.0%"]


def test_another_systems_tags_are_imported_with_their_provenance(two: Lake, tmp_path: Path) -> None:
    file = tmp_path / "tags.csv"
    file.write_text("\ufeffmember_id,tag,value\na,fit,gold\nb,fit,\nz,fit,gold\n", encoding="utf-8")
    code, output = run("import", str(file), "--system", "虹客")
    assert (code, output) == (1, "2 given, 1 refused\n  row 3: there is no member 'z' here\n")
    run("refresh")
    assert rows(two, "member_id", "fit") == [("a", "gold"), ("b", None)]
    with two.snapshot() as snapshot:
        said = snapshot.table("tag_assignments")["provenance"].to_pyarrow().to_pylist()
    assert set(said) == {"external:虹客"}
    trail = AuditEvent.objects.filter(object_kind="tags").values_list("detail", flat=True)
    assert list(trail) == [{"system": "虹客", "rows": 2, "refused": 1}]


def test_an_import_that_cannot_be_read_gives_nothing(two: Lake, tmp_path: Path) -> None:
    file = tmp_path / "tags.csv"
    file.write_bytes("member_id,tag,value\na,fit,金\n".encode("gbk"))
    for name in ("tags.csv", "nowhere.csv"):
        assert run("import", str(tmp_path / name), "--system", "crm")[0] != 0
    file.write_text("member,tag,value\n", encoding="utf-8")
    assert run("import", str(file), "--system", "crm")[0] != 0
    assert not two.snapshot().has("tag_assignments")
