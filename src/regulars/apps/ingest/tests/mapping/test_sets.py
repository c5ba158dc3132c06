"""A set of mappings over a folder: each file once, in order, whole or not at all."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from regulars.apps.ingest import services
from regulars.apps.ingest.tests.shop import GOOD, LINES, Shop
from regulars.apps.ingest.types import FailedFile, LoadReport, RunState
from regulars.base.errors import MappingError, SourceError

pytestmark = pytest.mark.usefixtures("stand_in")

PRODUCTS = """
source: list
contract: products
file: {format: csv, path: catalog/products.csv}
columns: {product_id: sku, name: name}
"""
# The name comes first in the alphabet, the lines after the products they name.
FILES = {"chain/z_products": PRODUCTS, "chain/a_lines": LINES.replace("../files/lines", "till/*")}


@pytest.fixture
def chain(shop: Shop) -> Path:
    """A folder with a product list and two months of till lines, and the set that reads it."""
    (shop.home / "mappings" / "chain").mkdir()
    for name, text in FILES.items():
        shop.mapping(text, name)
    folder = shop.files / "raw"
    for part in ("catalog", "till"):
        (folder / part).mkdir(parents=True)
    shop.csv([{"sku": "p1", "name": "Tea"}], "raw/catalog/products.csv", ("sku", "name"))
    shop.csv([GOOD], "raw/till/2024-05.csv")
    shop.csv([{**GOOD, "order": "o2", "at": "2024-06-01 10:00:00"}], "raw/till/2024-06.csv")
    return folder


def loaded(folder: Path) -> list[LoadReport | FailedFile]:
    return list(services.load_set("chain", folder=str(folder)))


def told(found: list[LoadReport | FailedFile]) -> list[tuple[str, str]]:
    return [
        (Path(one.path).name, "failed")
        if isinstance(one, FailedFile)
        else (one.source_file, one.state.value)
        for one in found
    ]


def test_every_file_is_loaded_the_catalog_first(shop: Shop, chain: Path) -> None:
    found = loaded(chain)
    assert told(found) == [
        ("products.csv", "done"),
        ("2024-05.csv", "done"),
        ("2024-06.csv", "done"),
    ]
    assert shop.column("orders", "order_id") == ["o1", "o2"]
    # Loaded after their product, the lines need no placeholder for it.
    assert shop.column("products", "placeholder") == [False]
    assert shop.column("order_lines", "flags") == ["", ""]


def test_a_second_run_skips_what_is_loaded_and_takes_what_is_new(shop: Shop, chain: Path) -> None:
    loaded(chain)
    before = shop.sequence
    assert {state for _, state in told(loaded(chain))} == {RunState.UNCHANGED.value}
    assert shop.sequence == before
    shop.csv([{**GOOD, "order": "o3"}], "raw/till/2024-07.csv")
    assert [state for _, state in told(loaded(chain))] == ["unchanged"] * 3 + ["done"]
    assert shop.column("orders", "order_id") == ["o1", "o2", "o3"]


def test_a_source_that_fails_says_where_and_leaves_the_others_whole(
    shop: Shop, chain: Path
) -> None:
    (chain / "till" / "2024-05.csv").write_text("order,line\no1,1\n", encoding="utf-8")
    found = loaded(chain)
    assert told(found)[1:] == [("2024-05.csv", "failed"), ("2024-06.csv", "done")]
    failed = found[1]
    assert isinstance(failed, FailedFile)
    assert "2024-05.csv" in failed.error
    assert "no column 'shop'" in failed.error
    assert shop.column("orders", "order_id") == ["o2"]
    shop.csv([GOOD], "raw/till/2024-05.csv")
    assert [state for _, state in told(loaded(chain))] == ["unchanged", "done", "unchanged"]
    assert shop.column("orders", "order_id") == ["o1", "o2"]


def test_a_mapping_without_files_is_named_and_a_wrong_set_loads_nothing(
    shop: Shop, chain: Path
) -> None:
    (chain / "catalog" / "products.csv").unlink()
    assert told(loaded(chain))[0] == ("products.csv", "failed")
    shop.mapping(PRODUCTS.replace("sku", "sku, colour: red"), "chain/wrong")
    before = shop.sequence
    with pytest.raises(MappingError, match="colour"):
        loaded(chain)
    with pytest.raises(MappingError, match="no set of mappings 'chains'"):
        list(services.load_set("chains"))
    assert shop.sequence == before


@pytest.mark.parametrize("declared", ["", ", encoding: gb18030"])
def test_a_packed_file_is_called_packed(shop: Shop, declared: str) -> None:
    (shop.files / "list.csv").write_bytes(gzip.compress(b"sku,name\np1,Tea\n"))
    text = PRODUCTS.replace("catalog/products.csv", f"../files/list.csv{declared}")
    with pytest.raises(SourceError, match="the file is compressed"):
        shop.load(shop.mapping(text, "list"))
    assert shop.sequence == 0
