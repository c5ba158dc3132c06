"""What goes wrong on the way: a clear error, a failed run in the ledger, and an untouched lake."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from regulars.apps.ingest import queries, services
from regulars.apps.ingest.models import LoadRun
from regulars.apps.ingest.tests.child import run_child
from regulars.apps.ingest.tests.shop import GOOD, LINES, Shop, StandIn
from regulars.apps.ingest.types import RunState
from regulars.base.errors import IdentityError, MappingError, RegularsError, SourceError
from tests.child_ledger import ChildLedger, ChildLedgers

pytestmark = pytest.mark.slow

PRODUCTS = """
source: list
contract: products
file: {format: csv, path: ../files/products.csv}
columns: {product_id: sku, name: name}
"""


def failed_run() -> LoadRun:
    run = LoadRun.objects.get()
    assert run.state == RunState.FAILED
    assert run.finished_at is not None
    return run


@pytest.mark.parametrize(
    ("format_", "content", "said"),
    [
        ("parquet", b"PAR1 and then nothing", "not a readable Parquet file"),
        ("xlsx", b"PK\x03\x04 and then nothing", "not a readable workbook"),
        ("csv", b"", "the file is empty"),
        ("csv", b"order,order\n1,2\n", "names 'order' twice"),
        ("csv", b"order\n\xff\xfe\xfd\n\x81", "neither UTF-8 nor GB18030"),
        ("csv", None, "there is no such file"),
    ],
)
def test_an_unreadable_file_fails_clearly(
    shop: Shop, format_: str, content: bytes | None, said: str
) -> None:
    path = shop.files / f"lines.{format_}"
    if content is not None:
        path.write_bytes(content)
    text = LINES.replace(
        "format: csv, path: ../files/lines.csv", f"format: {format_}, path: ../files/{path.name}"
    )
    with pytest.raises(SourceError, match=said):
        shop.load(shop.mapping(text))
    assert said in failed_run().error
    assert shop.sequence == 0
    assert list((shop.home / "staging").glob("load-*")) == []


def test_a_parquet_file_torn_in_the_middle_fails_clearly(shop: Shop) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = shop.files / "lines.parquet"
    rows = [{**GOOD, "order": f"order {number * 7919}"} for number in range(5_000)]
    pq.write_table(pa.Table.from_pylist(rows), path, compression="none", use_dictionary=False)
    content = bytearray(path.read_bytes())
    content[4:40_000] = bytes(len(content[4:40_000]))
    path.write_bytes(content)
    text = LINES.replace(
        "format: csv, path: ../files/lines.csv", "format: parquet, path: ../files/lines.parquet"
    )
    with pytest.raises(SourceError, match="not a readable Parquet file"):
        shop.load(shop.mapping(text))
    assert shop.sequence == 0


def test_a_wrong_mapping_is_a_failed_run_too(shop: Shop) -> None:
    with pytest.raises(MappingError):
        shop.load(shop.mapping("source: till\n"))
    assert "contract" in failed_run().error
    (line,) = [line for line in queries.sources() if line.mapping == "lines"]
    assert "contract" in line.error


def test_an_expression_that_cannot_be_computed_names_its_column(shop: Shop) -> None:
    shop.csv([{**GOOD, "shop": "Main Street"}])
    text = LINES.replace("name: \"'Shop ' || shop\"", "name: cast(shop as int) + 1")
    with pytest.raises(MappingError, match=r"columns\.name.*try_cast"):
        shop.load(shop.mapping(text))
    assert shop.sequence == 0


def test_an_error_quotes_no_value_of_the_source(shop: Shop) -> None:
    shop.csv([{**GOOD, "shop": "13800138000138"}])
    text = LINES.replace("name: \"'Shop ' || shop\"", "name: cast(shop as int)")
    with pytest.raises(MappingError) as caught:
        shop.load(shop.mapping(text))
    assert "13800138000138" not in str(caught.value)
    assert "13800138000138" not in failed_run().error


def test_a_resolver_that_fails_leaves_nothing(
    shop: Shop, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise IdentityError("the members are being merged")

    monkeypatch.setattr(stand_in, "publish_news", fail)
    with pytest.raises(IdentityError):
        shop.load_lines({})
    assert shop.sequence == 0
    assert "being merged" in failed_run().error
    monkeypatch.undo()


def test_a_query_without_its_url_says_which_variable(shop: Shop) -> None:
    sql = "sql: {query: SELECT 1 AS a ORDER BY a, url_env: NO_SUCH_URL}"
    text = LINES.replace("file: {format: csv, path: ../files/lines.csv}", sql)
    with pytest.raises(RegularsError, match="NO_SUCH_URL is not set"):
        shop.load(shop.mapping(text))
    assert shop.sequence == 0


@pytest.fixture
def ledger(child_ledgers: ChildLedgers, tmp_path: Path) -> ChildLedger:
    """A home of its own with a product list of 80,000 rows waiting."""
    home = tmp_path / "child"
    ledger = child_ledgers(home)
    (home / "mappings").mkdir()
    (home / "mappings" / "products.yaml").write_text(PRODUCTS, encoding="utf-8")
    (home / "files").mkdir()
    rows = "".join(f"{number * 7919},{number * 104729 % 9999991:x}\n" for number in range(80_000))
    (home / "files" / "products.csv").write_text(f"sku,name\n{rows}", encoding="utf-8")
    return ledger


_LOAD_AND_TELL = """
try:
    services.load("products")
    error = ""
except RegularsError as wrong:
    error = f"{type(wrong).__name__} {wrong}"
run = queries.runs().lines[0]
say(error=error, state=run.state, run_error=run.error, rows=rows("products"))
"""
_FULL = "resource.setrlimit(resource.RLIMIT_FSIZE, ({bytes}, {bytes}))\n"


@pytest.mark.parametrize("size", [900_000, 1_300_000])
def test_a_full_disk_leaves_the_lake_as_it_was(ledger: ChildLedger, size: int) -> None:
    code, said = run_child(ledger, _FULL.format(bytes=size) + _LOAD_AND_TELL)
    assert code == 0
    assert said["error"].startswith("LakeError")
    assert "full" in said["error"] or "too large" in said["error"]
    assert (said["state"], said["rows"]) == ("failed", 0)
    assert said["run_error"] in said["error"]
    _, said = run_child(ledger, _LOAD_AND_TELL)
    assert (said["error"], said["state"], said["rows"]) == ("", "done", 80_000)


_DIE = """
def die(step, rows, total):
    if step == "{step}":
        os.kill(os.getpid(), signal.SIGKILL)

services.load("products", on_progress=die)
"""


@pytest.mark.parametrize("step", ["reading", "writing"])
def test_a_killed_load_is_closed_by_the_next_one(ledger: ChildLedger, step: str) -> None:
    code, _ = run_child(ledger, _DIE.format(step=step))
    assert code == -signal.SIGKILL
    (left,) = (ledger.home / "staging").glob("load-*")
    _, said = run_child(ledger, 'say(state=queries.runs().lines[0].state, rows=rows("products"))')
    assert said == {"state": "running", "rows": 0}
    _, said = run_child(
        ledger, _LOAD_AND_TELL + "say(first=queries.runs().lines[1].error, rows=rows('products'))"
    )
    assert "the process ended" in said["first"]
    assert said["rows"] == 80_000
    assert not left.exists()


def test_a_living_load_is_not_closed(shop: Shop) -> None:
    closed = []
    shop.load_lines({}, on_progress=lambda *_: closed.append(services.close_dead_runs()))
    assert set(closed) == {0}
    assert LoadRun.objects.get().state == RunState.DONE
