"""One JSON document per member: what happened in their life, and how they stand."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Protocol

import ibis

from regulars.lake.contracts import contracts
from regulars.science.facts import known
from regulars.science.profile import happenings
from regulars.science.profile.completeness import DEFAULT_WEIGHTS, completeness
from regulars.science.profile.pieces import listed, named, piece

if TYPE_CHECKING:
    import ibis.expr.types as ir

    Cut = Callable[[ir.Table], ir.Table]

ATTRIBUTES_MAX = 100
# More than any catalogue has: who gave each tag last.
_GIVEN_MAX = 10_000
TAGS, GIVEN = "tags", "tag_assignments"
# Other feature tables have several rows of a member, which the producer sums up in one of its own.
_ONE_ROW = ("member_id", "as_of", "revision")
_SAID = ("home_store_id", "guide_id", "joined_at", "joined_on", "joined_channel", "gender",
         "birth_date", "source")  # fmt: skip


class Lake(Protocol):
    """What documents are made of: tables, of which some may never have been written."""

    def table(self, name: str) -> ir.Table:
        """Return the table with its contract's columns."""
        ...

    def has(self, name: str) -> bool:
        """Whether the table was ever written."""
        ...


def histories(
    lake: Lake,
    as_of: date | None,
    *,
    cut: Cut,
    weights: Mapping[str, int] = DEFAULT_WEIGHTS,
) -> ir.Table:
    """Return member_id, document (JSON text) and digest of each member.

    A document holds the parts ``attributes``, ``declared``, ``completeness`` (0 to 1),
    ``lifetime``, ``favourite_stores``, ``favourite_categories``, ``price_ranges`` and ``timeline``;
    a part is null where there is nothing. Facts count before ``as_of``; None: all do. ``cut``
    leaves the members asked for in a table with a column member_id. The document also says its
    ``as_of``; the digest leaves that out, since most lives are the same a day later.
    """

    def facts(name: str) -> ir.Table:
        rows = cut(lake.table(name))
        rows = rows.filter(rows["member_id"].notnull())
        return rows if as_of is None else known(rows, as_of)

    members, orders = cut(lake.table("members")), facts("orders")
    said = cut(lake.table("member_attributes"))
    parts = [
        piece("attributes", members, *_SAID),
        listed("declared", said, said["name"], ATTRIBUTES_MAX,
               ("name", "value", "source", "updated_at")),
        completeness(members, said, weights=weights).select("member_id", "completeness"),
        happenings.lifetime(orders),
        happenings.favourite_stores(orders),
        happenings.favourite_categories(facts("order_lines"), lake.table("products")),
        happenings.price_ranges(orders),
        happenings.timeline(orders, facts("refunds")),
    ]  # fmt: skip
    made_of = None if as_of is None else as_of.isoformat()
    return _documents(members.select("member_id"), parts, as_of=made_of)


def standings(lake: Lake, dates: Mapping[str, date], *, cut: Cut) -> ir.Table:
    """Return member_id, document (JSON text) and digest: features as of each table's date, tags.

    A document holds one part per feature table, ``tags`` with the value of every tag, and
    ``given``: who gave each tag last, by hand or from another system, the oldest first. It also
    says ``as_of``, the date of each table, which the digest leaves out.
    """
    parts = [_features(cut(lake.table(name)), name, day) for name, day in dates.items()]
    if lake.has(TAGS):
        rows = cut(lake.table(TAGS))
        parts.append(piece("tags", rows, *(one for one in rows.columns if one != "member_id")))
    if lake.has(GIVEN):
        parts.append(_given_last(cut(lake.table(GIVEN))))
    made_of = {name: day.isoformat() for name, day in dates.items()}
    return _documents(cut(lake.table("members")).select("member_id"), parts, as_of=made_of)


def feature_dates(lake: Lake) -> dict[str, date]:
    """Return the newest date of each feature table with one row per member that has any."""
    tables = [one.name for one in contracts() if one.kind == "feature" and one.key == _ONE_ROW]
    written = [name for name in tables if lake.has(name)]
    found = {name: lake.table(name)["as_of"].max().to_pyarrow().as_py() for name in written}
    return {name: day for name, day in found.items() if day is not None}


def _features(rows: ir.Table, name: str, as_of: date) -> ir.Table:
    columns = [column for column in rows.columns if column not in {"member_id", "as_of"}]
    return piece(name.removeprefix("features/"), rows.filter(rows["as_of"] == as_of), *columns)


def _given_last(rows: ir.Table) -> ir.Table:
    order = ["assigned_at", "assignment_id"]
    last = rows.group_by("member_id", "tag").agg(
        at=rows["assigned_at"].cast("timestamp").max(),
        provenance=rows["provenance"].last(order_by=order),
    )
    return listed("given", last, last["at"], _GIVEN_MAX, ("tag", "provenance"))


def _documents(owners: ir.Table, parts: list[ir.Table], *, as_of: object) -> ir.Table:
    whole = owners
    for part in parts:
        whole = whole.left_join(part, "member_id").drop("member_id_right")
    says = {named(part): whole[named(part)] for part in parts} or {"nothing": ibis.null("json")}
    rows = whole.select(*owners.columns, says=ibis.struct(says).cast("json").cast("string"))
    dated = ibis.literal(json.dumps({"as_of": as_of})[:-1] + ",")
    return rows.select(
        *owners.columns,
        document=dated + rows["says"].substr(1),
        digest=rows["says"].hexdigest("md5"),
    )
