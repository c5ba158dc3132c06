"""A chain of two shops and ten members, loaded and refreshed by the real rooms.

Members c1 to c6 are at home in shop s1, c7 to c10 in s2. Member number n buys every n + 2 days
from 2024-01-05, at n + 8 o'clock shop time, for n × 10.00, and c10 stops at the end of February.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.db.models import Model

from regulars.apps.accounts.models import User
from regulars.apps.accounts.types import DataScope, Role
from regulars.apps.ingest import services
from regulars.console.background.warming import headquarters
from regulars.console.desk.request import FIGURE_TABLES
from regulars.console.figures.digests import digests_folder, keep_newest
from regulars.lake import Lake
from regulars.lake.contracts import contract
from regulars.lake.stamps import stamp
from regulars.science.monitors import follow
from regulars.science.producers import refresh, standard_producers

AS_OF = date(2024, 6, 15)
EARLIER = date(2024, 5, 1)
ZONE = "Asia/Shanghai"
FIRST = date(2024, 1, 5)
COLUMNS = ("order", "line", "shop", "sku", "at", "qty", "paid", "card", "phone")
MAPPING = """
source: till
title: {en: Till, zh-hans: 收银}
contract: order_lines
file: {format: csv, path: ../files/lines.csv}
zone: Asia/Shanghai
currency: CNY
member:
  identifiers:
    - {kind: card_no, column: card, verified: true}
    - {kind: phone, column: phone, verified: true}
columns:
  order_id: order
  line_no: line
  store_id: shop
  product_id: sku
  ordered_at: at
  quantity: qty
  list_amount: paid
  discount_amount: {constant: "0"}
  coupon_amount: {constant: "0"}
  net_amount: paid
rules:
  - rule: zero_quantity
  - rule: unknown_product
rollup:
  channel: {constant: pos}
stores:
  name: "'Shop ' || shop"
"""


@dataclass(slots=True)
class Chain:
    """What the tests know about the chain, apart from the code under test."""

    lines: list[dict[str, str]] = field(default_factory=list)
    member_of: dict[str, str] = field(default_factory=dict)

    def bought(self, card: str, *, first: date, end: date) -> list[dict[str, str]]:
        """Return the card's lines with ``first <= day < end``."""
        return [
            line
            for line in self.lines
            if line["card"] == card and first <= date.fromisoformat(line["at"][:10]) < end
        ]

    def sales(self, *, first: date, end: date) -> Decimal:
        """Return what the till took in from the members."""
        return sum(
            (Decimal(line["paid"]) for number in range(1, 11)
             for line in self.bought(f"c{number}", first=first, end=end)),
            Decimal(0),
        )  # fmt: skip


def build_chain() -> Chain:
    """Write the till's file, load it, and refresh the features as of two dates."""
    chain = Chain(lines=_lines())
    home = Path(settings.REGULARS_HOME)
    for folder in ("files", "mappings"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    (home / "mappings" / "till.yaml").write_text(MAPPING, encoding="utf-8")
    bad = {**chain.lines[0], "order": "o-bad", "paid": "twelve"}
    with (home / "files" / "lines.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows([*chain.lines, bad])
    services.load("till")
    lake = Lake(settings.REGULARS_LAKE)
    with lake.transaction(note="product list") as transaction:
        transaction.upsert("products", _products())
    for day in (EARLIER, AS_OF):
        follow(lake, refresh(lake, day), producers=standard_producers())
    add_up(lake)
    chain.member_of = _member_of(lake)
    return chain


def add_up(lake: Lake) -> None:
    """Make the digest of the newest date, as any web process does before its first reader comes."""
    with lake.snapshot() as snapshot:
        keep_newest(headquarters(snapshot))


def adopt_digests(lake: Lake) -> None:
    """Let a copied lake's digests count as its own: they are named for the lake they were made of.

    A commit in another file is another commit, of which nothing was added up yet.
    """
    with lake.snapshot() as snapshot:
        mine = stamp(snapshot, lake.root, FIGURE_TABLES)
    for folder in digests_folder().iterdir():
        folder.rename(folder.with_name(f"{folder.name.rpartition('-')[0]}-{mine}"))


def kept_ledger() -> str:
    """Return what the rooms wrote into the ledger, so that a later test need not load again."""
    rows = [row for model in _kept_models() for row in model._default_manager.all()]
    text: str = serializers.serialize("json", rows)
    return text


def restore_ledger(kept: str) -> None:
    """Write the kept rows back."""
    for row in serializers.deserialize("json", kept):
        row.save()


def _kept_models() -> list[type[Model]]:
    labels = ("accounts.VaultKey", "ingest.LoadRun", "ingest.QuarantinedRow", "ingest.QualityNote")
    people = ("members.Member", "members.Identifier", "members.LinkEvent", "members.MergeReview")
    return [apps.get_model(label) for label in (*labels, *people)]


def make_user(username: str, role: Role, scope: DataScope | None = None) -> User:
    """Return a user who can sign in with the password ``amber-river-1742``."""
    scope = scope or DataScope("hq")
    user = User(
        username=username,
        name=username.title(),
        role=role,
        scope_kind=scope.kind,
        scope_ids=list(scope.ids),
    )
    user.set_password("amber-river-1742")
    user.save()
    return user


def phone_of(number: int) -> str:
    """Return the phone of member number ``number``."""
    return f"1380013800{number - 1}"


def _lines() -> list[dict[str, str]]:
    lines = []
    for number in range(1, 11):
        day, visit = FIRST, 0
        end = date(2024, 3, 1) if number == 10 else AS_OF
        while day < end:
            order = f"o{number}-{visit}"
            common = {
                "order": order,
                "shop": "s1" if number <= 6 else "s2",
                "at": f"{day} {number + 8:02d}:30:00",
                "qty": "1",
                "card": f"c{number}",
                "phone": phone_of(number),
            }
            lines.append({**common, "line": "1", "sku": "p1", "paid": f"{number * 6}.00"})
            lines.append({**common, "line": "2", "sku": "p2", "paid": f"{number * 4}.00"})
            day, visit = day + timedelta(days=number + 2), visit + 1
    return lines


def _products() -> pa.Table:
    rows: list[dict[str, Any]] = [
        {"product_id": "p1", "name": "Green tea", "department": "DRINKS", "category": "TEA"},
        {"product_id": "p2", "name": "Rice", "department": "STAPLES", "category": "GRAIN"},
    ]
    rest = {"measured": False, "placeholder": False, "source": "list"}
    return pa.Table.from_pylist(
        [{**row, **rest} for row in rows], schema=contract("products").arrow_schema
    )


def _member_of(lake: Lake) -> dict[str, str]:
    with lake.snapshot() as snapshot:
        rows = snapshot.table("orders").select("order_id", "member_id").to_pyarrow().to_pylist()
    return {
        f"c{row['order_id'][1:].split('-')[0]}": row["member_id"]
        for row in rows
        if row["order_id"] != "o-bad"
    }
