"""Which shares of everybody hold for a date, and adding them up when there are none.

Every order moves everybody's shares a little, and with them every member's index. So they are
added up once a month, as the value models are fitted, and kept in ``preference_shares`` together
with what each product was; in between a refresh compares with them.
"""

from __future__ import annotations

import hashlib
import json
import time
from datetime import UTC, date, datetime
from typing import Any

import ibis
import pyarrow as pa

from regulars.lake import Lake, Snapshot
from regulars.lake.contracts import contract
from regulars.science.facts import checked_date
from regulars.science.learned.churn.sample import some_members
from regulars.science.producers.producer import fingerprint
from regulars.science.producers.profile.cycle import Clocks
from regulars.science.producers.profile.fitted import TABLE
from regulars.science.profile import preferences
from regulars.science.profile.preferences import PreferenceOptions

MODEL, SHARES = "preferences", "preference_shares"


def shares_in_force(
    lake: Lake,
    as_of: date,
    *,
    options: PreferenceOptions,
    clocks: Clocks,
    refit: bool = False,
) -> str | None:
    """Return the version of the shares that hold for the date: the newest of the same month.

    Where there are none, or ``refit`` asks for others, they are added up from what was bought
    before ``as_of``, by 200,000 members at most, and kept. None while nobody has bought anything.
    """
    day = checked_date(as_of)
    month = (day.year, day.month)
    with lake.snapshot() as snapshot:
        held = _kept(snapshot, options)
        known = [row for row in held if row["as_of"] <= day]
        mine = [row for row in known if (row["as_of"].year, row["as_of"].month) == month]
        if mine and not refit:
            return _newest(mine)
        began, at = time.perf_counter(), datetime.now(UTC)
        shares, members = _added_up(snapshot, day, options, clocks)
    if not shares.num_rows:
        return None
    version = f"{day}-{_digest(shares)}"
    row = {
        "model": MODEL,
        "as_of": day,
        "fitted_at": at,
        "version": version,
        "options": _brand(options),
        "members": members,
        "parameters": json.dumps(_strengths(shares), sort_keys=True),
        "seconds": time.perf_counter() - began,
    }
    with lake.transaction(note="add up preferences") as transaction:
        transaction.append(TABLE, pa.Table.from_pylist([row], contract(TABLE).arrow_schema))
        if version not in {row["version"] for row in held}:
            named = shares.append_column("version", pa.repeat(pa.scalar(version), len(shares)))
            columns = contract(SHARES).arrow_schema
            transaction.append(SHARES, named.select(columns.names).cast(columns))
    return version


def newest_shares(lake: Lake, as_of: date, *, options: PreferenceOptions) -> str | None:
    """Return the newest version not after the date, of whatever month; None where there is none."""
    with lake.snapshot() as snapshot:
        known = [row for row in _kept(snapshot, options) if row["as_of"] <= as_of]
    return _newest(known) if known else None


def _kept(snapshot: Snapshot, options: PreferenceOptions) -> list[dict[str, Any]]:
    if not snapshot.has(TABLE):
        return []
    rows = snapshot.table(TABLE)
    mine = rows.filter(rows["model"] == MODEL, rows["options"] == _brand(options))
    found = mine.select("as_of", "fitted_at", "version").to_pyarrow().to_pylist()
    return list(found)


def _newest(rows: list[dict[str, Any]]) -> str:
    return str(max(rows, key=lambda row: (row["as_of"], row["fitted_at"]))["version"])


def _brand(options: PreferenceOptions) -> str:
    return fingerprint(MODEL, options, version=1)


def _added_up(
    snapshot: Snapshot, as_of: date, options: PreferenceOptions, clocks: Clocks
) -> tuple[pa.Table, int]:
    products, some = snapshot.table("products"), some_members(snapshot)
    # Three sums are made of the counts, which are the heavy part.
    counted = preferences.counts(
        some.table("order_lines"),
        some.table("orders"),
        products,
        snapshot.table("stores"),
        as_of=as_of,
        window_days=options.window_days,
        zones=clocks.zones,
    ).cache()
    goods = products.select("product_id", "department", "category", "brand")
    shares = preferences.mix(counted).left_join(
        goods.mutate(dimension=ibis.literal("product"), option=goods["product_id"]),
        ["dimension", "option"],
    )
    shares = shares.select(
        "dimension", "option", "times", "share", "strength", "department", "category", "brand"
    )
    members = counted["member_id"].nunique().to_pyarrow().as_py()
    return shares.order_by("dimension", "option").to_pyarrow(), int(members)


def _digest(shares: pa.Table) -> str:
    whole = hashlib.sha256()
    for column in shares.columns:
        for value in column.cast(pa.string()).to_pylist():
            whole.update(f"{value}\n".encode())
    return whole.hexdigest()[:8]


def _strengths(shares: pa.Table) -> dict[str, float]:
    names, strengths = shares["dimension"].to_pylist(), shares["strength"].to_pylist()
    return dict(zip(names, strengths, strict=True))
