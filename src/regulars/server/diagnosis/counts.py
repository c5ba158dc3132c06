"""Do ledger and lake tell the same story?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
from django.conf import settings

from regulars.apps.ingest.queries import sources
from regulars.apps.members.queries import identity_counts
from regulars.lake import Lake, Snapshot
from regulars.lake.contracts import contracts
from regulars.server.diagnosis.finding import Finding, failed, fine, note

_PUBLISH = "Run regulars tidy: it brings the lake in line with the ledger"


def members() -> Iterator[Finding]:
    """Compare the ledger's active members with the lake's, and find facts of nobody."""
    ledger = identity_counts()
    snapshot = Lake(settings.REGULARS_LAKE).snapshot()
    held = _value(snapshot, snapshot.table("members").count())
    text = f"{held:,} in the lake, {ledger.active:,} active in the ledger"
    if held == ledger.active:
        merged = f", {ledger.merged:,} merged, {ledger.erased:,} erased"
        yield fine("members", text + merged)
    else:
        yield failed("members", text, fix=_PUBLISH)
    for declared in contracts():
        if declared.kind != "fact" or not declared.knows_members or not snapshot.has(declared.name):
            continue
        facts = snapshot.table(declared.name)
        orphans = facts.filter(facts.member_id.notnull()).anti_join(
            snapshot.table("members"), "member_id"
        )
        count = _value(snapshot, orphans.count())
        if count:
            what = f"{count:,} rows name a member who is not there"
            yield failed(f"{declared.name} owners", what, fix=_PUBLISH)


def sums() -> Iterator[Finding]:
    """Compare every order with the sum of its lines."""
    snapshot = Lake(settings.REGULARS_LAKE).snapshot()
    if not snapshot.has("orders") or not snapshot.has("order_lines"):
        yield note("orders", "no orders with lines yet", fix="Load some: regulars load")
        return
    orders, lines = snapshot.table("orders"), snapshot.table("order_lines")
    by_order = lines.group_by("order_id").agg(
        line_total=lines.count(), net_total=lines.net_amount.sum()
    )
    joined = orders.select("order_id", "line_count", "net_amount").outer_join(by_order, "order_id")
    same = (joined.line_count == joined.line_total) & (joined.net_amount == joined.net_total)
    differing = _value(snapshot, joined.filter(~same.fill_null(False)).count())  # noqa: FBT003 what null counts as
    count = _value(snapshot, orders.count())
    net = _value(snapshot, orders.net_amount.sum()) or Decimal(0)
    if differing:
        yield failed(
            "orders",
            f"{differing:,} orders differ from the sum of their lines",
            fix="Load the file of these orders again",
        )
    else:
        yield fine("orders", f"{count:,} orders equal the sum of their lines, net {net:,.2f}")


def waiting() -> Iterator[Finding]:
    """Say what waits for a person: refused rows, and pairs nobody could decide on."""
    refused = sum(source.open_rows for source in sources())
    if refused:
        yield note(
            "quarantine",
            f"{refused:,} refused rows wait to be fixed",
            fix="Fix and replay them in the console under Data",
        )
    else:
        yield fine("quarantine", "empty")
    open_reviews = identity_counts().reviews_open
    if open_reviews:
        yield note(
            "reviews",
            f"{open_reviews:,} pairs of members wait for a decision",
            fix="Decide them in the console under Data",
        )
    else:
        yield fine("reviews", "none open")


def _value(snapshot: Snapshot, expression: ir.Scalar) -> Any:
    return snapshot.connection.to_pyarrow(expression).as_py()
