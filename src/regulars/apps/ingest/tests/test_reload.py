"""Loading again: nothing changes; a corrected order replaces the old one; the last repeat wins."""

from __future__ import annotations

from decimal import Decimal

from regulars.apps.ingest import services
from regulars.apps.ingest.models import LoadRun
from regulars.apps.ingest.tests.shop import GOOD, LINES, Shop
from regulars.apps.ingest.types import RowCounts, RunState, TableCount
from regulars.lake import Lake


def test_the_same_file_twice_is_said_to_be_loaded_and_changes_nothing(shop: Shop) -> None:
    first = shop.load_lines({}, {"line": "2"})
    sequence = shop.sequence
    second = shop.load("lines")
    assert (first.state, second.state) == (RunState.DONE, RunState.UNCHANGED)
    assert second.counts == RowCounts()
    assert shop.sequence == sequence


def test_a_forced_reading_changes_nothing_either(shop: Shop) -> None:
    shop.load_lines({}, {"line": "2", "sku": "p2"}, {"order": "o2", "card": ""})
    before = [shop.table(name) for name in ("order_lines", "orders", "stores", "products")]
    sequence = shop.sequence
    report = shop.load("lines", force=True)
    assert report.counts == RowCounts(read=3, duplicates=3, unchanged=3)
    assert shop.sequence == sequence
    assert [shop.table(name) for name in ("order_lines", "orders", "stores", "products")] == before


def test_a_changed_mapping_reads_the_file_again(shop: Shop) -> None:
    shop.load_lines({})
    report = shop.load(shop.mapping(LINES.replace("constant: pos", "constant: web")))
    assert report.state is RunState.DONE
    assert shop.column("orders", "channel") == ["web"]


def test_a_wiped_lake_is_filled_again(shop: Shop) -> None:
    import shutil

    shop.load_lines({})
    shutil.rmtree(shop.home / "lake")
    assert shop.load("lines").counts.loaded == 1


def test_a_corrected_order_replaces_the_old_one(shop: Shop) -> None:
    shop.load_lines({}, {"line": "2", "paid": "5.00"}, {"line": "3"}, {"order": "o2"})
    report = shop.load_lines({}, {"line": "2", "paid": "4.00"})
    assert report.counts == RowCounts(read=2, loaded=1, duplicates=1, unchanged=1, removed=1)
    lines = [(row["order_id"], row["line_no"]) for row in shop.table("order_lines")]
    assert lines == [("o1", "1"), ("o1", "2"), ("o2", "1")]
    order = shop.table("orders")[0]
    assert (order["net_amount"], order["line_count"]) == (Decimal("23.80"), 2)


def test_an_order_that_moves_to_another_month_is_there_once(shop: Shop) -> None:
    shop.load_lines({})
    shop.load_lines({"at": "2024-06-01 10:00:00"})
    assert shop.column("orders", "business_month") == ["2024-06"]
    assert shop.column("order_lines", "business_month") == ["2024-06"]


def test_two_sources_of_one_order_yield_one_order(shop: Shop) -> None:
    shop.load_lines({}, {"line": "2"})
    shop.csv([{**GOOD, "line": "2"}, GOOD], "web.csv")
    web = shop.mapping(
        LINES.replace("lines.csv", "web.csv").replace("source: till", "source: web"), "web"
    )
    shop.load(web)
    assert shop.column("orders", "order_id") == ["o1"]
    assert shop.column("orders", "line_count") == [2]
    assert shop.column("orders", "source") == ["web"]


def test_a_repeated_row_counts_as_a_duplicate_and_the_last_wins(shop: Shop) -> None:
    report = shop.load_lines({}, {}, {"paid": "5.00"}, {"line": "2"})
    assert report.counts == RowCounts(read=4, loaded=2, duplicates=2)
    assert shop.table("order_lines")[0]["net_amount"] == Decimal("5.00")
    notes = {note.rule: (note.count, note.samples) for note in report.notes}
    assert notes["contradicting_duplicate"] == (2, (1, 2))


def test_an_identical_repeat_contradicts_nothing(shop: Shop) -> None:
    report = shop.load_lines({}, {})
    assert "contradicting_duplicate" not in {note.rule for note in report.notes}


def test_a_query_is_always_read_again(shop: Shop) -> None:
    shop.load_lines({})
    assert LoadRun.objects.get().fingerprint != ""
    with Lake(shop.home / "lake").snapshot() as snapshot:
        assert not services.runs.loaded_before("", lake_sequence=snapshot.sequence)


def test_a_dry_run_counts_and_writes_nothing(shop: Shop) -> None:
    report = shop.load_lines({}, {}, {"line": "2", "paid": "x"}, dry_run=True)
    assert report.run_id is None
    assert report.counts == RowCounts(read=3, loaded=1, duplicates=1, quarantined=1)
    assert shop.sequence == 0
    assert not LoadRun.objects.exists()
    assert list((shop.home / "staging").glob("load-*")) == []


def test_tables_are_counted_each(shop: Shop) -> None:
    report = shop.load_lines({}, {"line": "2", "sku": "p2"})
    assert report.tables["order_lines"] == TableCount(new=2, changed=0, same=0, removed=0)
    assert report.tables["orders"] == TableCount(new=1, changed=0, same=0, removed=0)
    assert report.tables["products"] == TableCount(new=2, changed=0, same=0, removed=0)
    assert report.tables["stores"] == TableCount(new=1, changed=0, same=0, removed=0)
