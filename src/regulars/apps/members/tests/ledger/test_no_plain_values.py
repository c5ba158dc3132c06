"""No file of the ledger or the lake holds a phone, e-mail or card number in the clear."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.child_ledger import ChildLedger, ChildLedgers

PHONES = ("13812345678", "13987654321", "+8613612345678")
MAILS = ("li.na@shop.cn", "wang.wei@shop.cn")
CARDS = ("CARD-778899", "CARD-990011")
OPENIDS = ("oUnion-314159", "oOpen-271828")

# In a process of its own, because only there the ledger is a file beside a write-ahead log.
SCRIPT = """
import sys
import django
django.setup()
from django.conf import settings
from regulars.apps.members.services.lake_side.publishing import publish
from regulars.apps.members.tests.lake_rows import order, put
from regulars.apps.members.tests.loads import load
from regulars.lake import Lake
phones, mails, cards, openids = (words.split(",") for words in sys.argv[1:])
lake = Lake(settings.REGULARS_LAKE)
first = load(
    [("card_no", cards[0]), ("phone", phones[0]), ("email", mails[0])],
    [("card_no", cards[1]), ("phone", phones[1], False), ("email", mails[1], False)],
    [("unionid", openids[0]), ("openid", openids[1]), ("phone", phones[2])],
    source="crm",
)
people = first.member_of_row.column("member_id").to_pylist()
with lake.transaction() as writing:
    put(writing, "orders", [order(f"o{n}", person) for n, person in enumerate(people)])
publish(lake)
load([("card_no", cards[0]), ("unionid", openids[0])], source="app")  # a merge
load([("email", mails[0]), ("card_no", cards[1])], source="app")  # a review
publish(lake)
assert len(people) == 3
print("done", flush=True)
import os
os._exit(0)  # as a crash would: the write-ahead log stays
"""


@pytest.fixture(scope="module")
def ledger(child_ledgers: ChildLedgers, tmp_path_factory: pytest.TempPathFactory) -> ChildLedger:
    """Return a home in which a small batch was resolved, published, merged and reviewed."""
    ledger = child_ledgers(tmp_path_factory.mktemp("home"))
    values = [",".join(words) for words in (PHONES, MAILS, CARDS, OPENIDS)]
    environment = ledger.environment | {"REGULARS_REGION": "CN"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *values],
        env=environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.stdout.strip() == "done", done.stderr
    return ledger


@pytest.fixture(scope="module")
def home(ledger: ChildLedger) -> Path:
    return ledger.home


def spellings(value: str) -> Iterator[bytes]:
    """Yield the value as it might lie in a file."""
    for text in {value, value.lower(), value.upper(), value.removeprefix("+86")}:
        plain = text.encode()
        yield from (plain, plain.hex().encode(), plain.hex().upper().encode())
        yield from (text.encode("utf-16-le"), text.encode("utf-16-be"))
        yield base64.b64encode(plain).rstrip(b"=")[:-1]


@pytest.fixture(scope="module")
def held(ledger: ChildLedger) -> dict[str, bytes]:
    """Return every byte of the home by file; on PostgreSQL also every row of every table."""
    files = {
        str(file.relative_to(ledger.home)): file.read_bytes()
        for file in ledger.home.rglob("*")
        if file.is_file()
    }
    if not ledger.url:
        assert {"ledger.sqlite3", "ledger.sqlite3-wal"} <= set(files)
        return files
    tables = ledger.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows = {name: ledger.rows(f'SELECT held::text FROM "{name}" AS held') for (name,) in tables}
    assert len(rows["members_identifier"]) == 10  # an address of two members
    return files | {name: "\n".join(row for (row,) in held).encode() for name, held in rows.items()}


@pytest.mark.parametrize("value", [*PHONES, *MAILS, *CARDS, *OPENIDS])
def test_no_byte_of_ledger_or_lake_tells(held: dict[str, bytes], value: str) -> None:
    assert "secrets/vault.json" in held
    assert any(name.endswith(".parquet") for name in held)
    for name, content in held.items():
        for spelling in spellings(value):
            assert spelling not in content, name


def test_no_decoded_column_of_the_lake_tells(home: Path) -> None:
    """Parquet pages are compressed: their values are read, not their bytes."""
    values = (*PHONES, *MAILS, *CARDS, *OPENIDS)
    read = 0
    for file in (home / "lake").rglob("*.parquet"):
        for row in pq.ParquetFile(file).read().to_pylist():
            read += 1
            text = " ".join(str(cell) for cell in row.values()).lower()
            assert not any(value.lower().removeprefix("+86") in text for value in values)
    assert read > 0


def test_the_key_file_is_its_owner_s_alone(home: Path) -> None:
    assert (home / "secrets" / "vault.json").stat().st_mode & 0o777 == 0o600
