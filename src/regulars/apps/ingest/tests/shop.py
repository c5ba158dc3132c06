"""A small shop for tests: mappings and files in a home of its own, and what the lake then holds."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings

from regulars.apps.ingest import services
from regulars.apps.ingest.hooks import Resolution
from regulars.apps.ingest.types import LoadReport
from regulars.lake import Lake, Transaction

LINES = """
source: till
title: {en: Till, zh-hans: 收银}
contract: order_lines
file: {format: csv, path: ../files/lines.csv}
zone: Asia/Shanghai
currency: CNY
member:
  identifiers:
    - {kind: card_no, column: card, verified: true}
columns:
  order_id: order
  line_no: line
  store_id: shop
  product_id: sku
  ordered_at: at
  quantity: qty
  list_amount: paid + off
  discount_amount: off
  coupon_amount: {constant: "0"}
  net_amount: paid
rules:
  - rule: zero_quantity
  - {rule: measured_quantity, above: 999}
  - rule: unknown_product
rollup:
  channel: {constant: pos}
stores:
  name: "'Shop ' || shop"
"""
LINE_COLUMNS = ("order", "line", "shop", "sku", "at", "qty", "paid", "off", "card")
GOOD = {
    "order": "o1",
    "line": "1",
    "shop": "s1",
    "sku": "p1",
    "at": "2024-05-01 09:30:00",
    "qty": "2",
    "paid": "19.80",
    "off": "0.20",
    "card": "c1",
}


class StandIn:
    """Knows people by their identifiers only; refuses the value ``refused``."""

    def __init__(self) -> None:
        self.members: dict[tuple[str, str], str] = {}
        self.rows: list[dict[str, Any]] = []

    def resolve(self, rows: pa.Table, source: str) -> Resolution:
        """Give each person the member of any of their identifiers, or a new one."""
        self.rows = rows.to_pylist()
        people: dict[int, list[tuple[str, str]]] = {}
        for row in self.rows:
            people.setdefault(row["row_id"], []).append((row["kind"], row["value"]))
        found, refused, created = {}, [], 0
        for row_id, keys in people.items():
            if any(value == "refused" for _, value in keys):
                refused.append(row_id)
                continue
            known = next((self.members[key] for key in keys if key in self.members), "")
            if not known:
                created += 1
                known = f"m{keys[0][1].removeprefix('c')}"
            self.members |= dict.fromkeys(keys, known)
            found[row_id] = known
        return Resolution(
            member_of_row=pa.table(
                {
                    "row_id": pa.array(list(found), pa.int64()),
                    "member_id": pa.array(list(found.values()), pa.string()),
                }
            ),
            refused=pa.table(
                {
                    "row_id": pa.array(refused, pa.int64()),
                    "reason": pa.array(["blocked_identifier"] * len(refused), pa.string()),
                }
            ),
            created=created,
            merged=0,
            reviews=0,
        )

    def standing(self, members: pa.Array) -> pa.Array:
        """Nobody is ever merged."""
        return members

    def publish(self, transaction: Transaction) -> None:
        """Write nothing: the stand-in has no member table."""

    def publish_news(self, transaction: Transaction) -> None:
        """Write nothing."""

    def merges_wait(self) -> bool:
        """Nobody is ever merged."""
        return False

    def announce(self, transaction: Transaction) -> None:
        """Write nothing."""


class Shop:
    """Writes mappings and files, loads them, and reads the lake."""

    def __init__(self) -> None:
        self.home = Path(settings.REGULARS_HOME)
        self.files = self.home / "files"
        for folder in (self.files, self.home / "mappings"):
            folder.mkdir(parents=True, exist_ok=True)

    def mapping(self, text: str, name: str = "lines") -> str:
        """Write a mapping and return its name."""
        (self.home / "mappings" / f"{name}.yaml").write_text(text, encoding="utf-8")
        return name

    def csv(
        self,
        rows: Iterable[Mapping[str, str]],
        name: str = "lines.csv",
        columns: Sequence[str] = LINE_COLUMNS,
        encoding: str = "utf-8",
    ) -> Path:
        """Write rows of text as CSV."""
        path = self.files / name
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return path

    def load(self, name: str = "lines", **options: Any) -> LoadReport:
        """Load a mapping."""
        return services.load(name, **options)

    def load_lines(self, *rows: Mapping[str, str], **options: Any) -> LoadReport:
        """Write till lines, each the good line with some cells changed, and load them."""
        self.csv([{**GOOD, **row} for row in rows])
        return self.load(self.mapping(LINES), **options)

    def table(self, name: str) -> list[dict[str, Any]]:
        """Return a lake table's rows in the order of its key."""
        from regulars.lake.contracts import contract

        with Lake(settings.REGULARS_LAKE).snapshot() as snapshot:
            rows = snapshot.table(name).to_pyarrow().to_pylist()
        return sorted(rows, key=lambda row: tuple(str(row[key]) for key in contract(name).key))

    def column(self, table: str, name: str) -> list[Any]:
        """Return one column of a lake table in the order of its key."""
        return [row[name] for row in self.table(table)]

    @property
    def sequence(self) -> int:
        """The lake's last commit."""
        with Lake(settings.REGULARS_LAKE).snapshot() as snapshot:
            return snapshot.sequence
