"""The same rows from CSV, Parquet, JSON lines, Excel and a database become the same lake rows."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regulars.apps.ingest.readers.encodings import encoding_of
from regulars.apps.ingest.tests.shop import GOOD, LINES, Shop
from regulars.apps.ingest.types import RowCounts
from regulars.base.errors import MappingError, SourceError

ROWS = [
    {**GOOD, "line": "1"},
    {**GOOD, "line": "2", "sku": "面包", "qty": "0", "paid": "0.30"},
    {**GOOD, "order": "o2", "card": "007", "at": "2024-05-02 00:10:00", "paid": "1299.00"},
    {**GOOD, "order": "o3", "card": "", "paid": "oops"},
]
TYPED = [
    {
        **row,
        "at": datetime.fromisoformat(row["at"]),
        "qty": int(row["qty"]),
        "paid": float(row["paid"]) if row["paid"] != "oops" else float("nan"),
        "off": float(row["off"]),
    }
    for row in ROWS
]
PLACE = "file: {format: csv, path: ../files/lines.csv}"


def loaded_from(shop: Shop, place: str) -> tuple[RowCounts, list[object]]:
    name = shop.mapping(LINES.replace(PLACE, place))
    report = shop.load(name)
    return report.counts, [shop.table("order_lines"), shop.table("orders"), shop.table("stores")]


@pytest.fixture
def expected(shop: Shop) -> list[object]:
    """The lake's rows after loading the CSV into this shop."""
    shop.csv(ROWS)
    counts, tables = loaded_from(shop, PLACE)
    assert counts == RowCounts(read=4, loaded=3, quarantined=1)
    return tables


def test_every_format_gives_the_same_rows(
    shop: Shop, expected: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    again = RowCounts(read=4, duplicates=3, unchanged=3, quarantined=1)
    _parquet(shop.files / "lines.parquet")
    _json(shop.files / "lines.jsonl")
    _workbook(shop.files / "lines.xlsx")
    _database(shop.files / "lines.db")
    monkeypatch.setenv("TILL_URL", f"sqlite:///{shop.files / 'lines.db'}")
    for place in (
        "file: {format: parquet, path: ../files/lines.parquet}",
        "file: {format: jsonl, path: ../files/lines.jsonl}",
        "file: {format: xlsx, path: ../files/lines.xlsx, sheet: 收银, header_row: 2}",
        "sql: {query: SELECT * FROM lines ORDER BY rowid, url_env: TILL_URL}",
    ):
        counts, tables = loaded_from(shop, place)
        assert counts == again, place
        assert tables == expected, place


def _parquet(path: Path) -> None:
    pq.write_table(pa.Table.from_pylist(TYPED), path)


def _json(path: Path) -> None:
    # NaN is no JSON: the bad amount stays a word.
    lines = [json.dumps({**row, "qty": int(row["qty"])}, ensure_ascii=False) for row in ROWS]
    path.write_text("\n".join([*lines[:2], "", *lines[2:]]), encoding="utf-8")


def _workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("收银")
    sheet.append(["Till lines of May"])
    sheet.append(list(ROWS[0]))
    for row, plain in zip(TYPED, ROWS, strict=True):
        cells = {**row, "paid": plain["paid"] if plain["paid"] == "oops" else row["paid"]}
        sheet.append(list(cells.values()))
    book.save(path)


def _database(path: Path) -> None:
    connection = sqlite3.connect(path)
    columns = ", ".join(f'"{name}"' for name in ROWS[0])
    connection.execute(f"CREATE TABLE lines ({columns})")
    marks = ", ".join("?" for _ in ROWS[0])
    connection.executemany(
        f"INSERT INTO lines VALUES ({marks})",
        [[*(str(value) if name == "at" else value for name, value in row.items())] for row in ROWS],
    )
    connection.commit()
    connection.close()


def test_several_files_are_read_as_one(shop: Shop) -> None:
    shop.csv([GOOD], "may-1.csv")
    shop.csv([{**GOOD, "order": "o2"}, {**GOOD, "order": "o2"}], "may-2.csv")
    report = shop.load(shop.mapping(LINES.replace("lines.csv", "may-*.csv")))
    assert report.counts == RowCounts(read=3, loaded=2, duplicates=1)
    assert report.source_file == "may-1.csv + 1"


def test_gb18030_and_marked_utf8_are_found(shop: Shop) -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        shop.csv([{**GOOD, "sku": "面包"}], encoding=encoding)
        shop.load(shop.mapping(LINES), force=True)
        assert shop.column("order_lines", "product_id") == ["面包"]
        assert encoding_of(shop.files / "lines.csv") == encoding


def test_text_that_is_not_in_the_declared_encoding_is_an_error(shop: Shop) -> None:
    shop.csv([{**GOOD, "sku": "面包"}], encoding="gb18030")
    declared = LINES.replace(
        "path: ../files/lines.csv", "path: ../files/lines.csv, encoding: utf-8"
    )
    with pytest.raises(SourceError, match="does not decode as utf-8 near byte"):
        shop.load(shop.mapping(declared))
    assert shop.table("order_lines") == []


def test_rows_of_another_width_are_set_aside_and_numbered(shop: Shop) -> None:
    path = shop.csv([GOOD, {**GOOD, "order": "o2"}])
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text(
        "\n".join([lines[0], lines[1], "too,short", lines[2], "x" * 9]), encoding="utf-8"
    )
    report = shop.load(shop.mapping(LINES))
    assert report.counts == RowCounts(read=4, loaded=2, quarantined=2)
    assert [reason.reason for reason in report.reasons] == ["wrong_cell_count"]


def test_lines_that_are_no_json_are_set_aside(shop: Shop) -> None:
    text = f"{json.dumps(GOOD)}\nnot json\n[1]\n"
    (shop.files / "lines.jsonl").write_text(text, encoding="utf-8")
    place = "file: {format: jsonl, path: ../files/lines.jsonl}"
    counts, _ = loaded_from(shop, place)
    assert counts == RowCounts(read=3, loaded=1, quarantined=2)


def test_json_reaches_into_objects(shop: Shop) -> None:
    row = {**GOOD, "buyer": {"card": "c9"}}
    (shop.files / "lines.jsonl").write_text(json.dumps(row), encoding="utf-8")
    text = LINES.replace(PLACE, "file: {format: jsonl, path: ../files/lines.jsonl}")
    shop.load(shop.mapping(text.replace("column: card", "column: buyer.card")))
    assert shop.column("orders", "member_id") == ["m9"]


@pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet"])
def test_a_missing_column_is_named(shop: Shop, format_: str) -> None:
    row = {name: value for name, value in GOOD.items() if name != "off"}
    path = shop.files / f"lines.{format_}"
    if format_ == "csv":
        shop.csv([row], columns=tuple(row))
    elif format_ == "jsonl":
        path.write_text(json.dumps(row), encoding="utf-8")
    else:
        pq.write_table(pa.Table.from_pylist([row]), path)
    text = LINES.replace(PLACE, f"file: {{format: {format_}, path: ../files/{path.name}}}")
    with pytest.raises(MappingError, match="'off'"):
        shop.load(shop.mapping(text))


def test_a_database_error_names_no_password(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILL_URL", f"sqlite://me:hunter2@{shop.files / 'no' / 'lines.db'}")
    text = LINES.replace(PLACE, "sql: {query: SELECT 1 AS a ORDER BY 1, url_env: TILL_URL}")
    with pytest.raises(SourceError) as caught:
        shop.load(shop.mapping(text))
    assert "hunter2" not in str(caught.value)
    assert caught.value.where == "TILL_URL"


def test_a_header_without_a_line_end_holds_no_rows(shop: Shop) -> None:
    shop.csv([])
    path = shop.home / "files" / "lines.csv"
    path.write_bytes(path.read_bytes().strip())
    counts, _ = loaded_from(shop, PLACE)
    assert counts == RowCounts(read=0)


def test_a_first_line_of_data_is_not_repeated_in_the_error(shop: Shop) -> None:
    shop.csv([])
    (shop.home / "files" / "lines.csv").write_text("o1,mei@example.com,13800138000,p1\n")
    with pytest.raises(MappingError) as caught:
        loaded_from(shop, PLACE)
    assert caught.value.fix == "It has 'o1', (a value), (a value), 'p1'"


def test_a_division_by_zero_is_its_rows_fault(shop: Shop) -> None:
    shop.csv([GOOD, {**GOOD, "order": "o2", "qty": "0"}])
    name = shop.mapping(LINES.replace("list_amount: paid + off", "list_amount: paid / qty"))
    report = shop.load(name)
    assert report.counts == RowCounts(read=2, loaded=1, quarantined=1)
    assert [one.reason for one in report.reasons] == ["not_computable"]
