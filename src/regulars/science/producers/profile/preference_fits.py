"""The shares of everybody as one kind of fit.

Every order moves everybody's shares a little, and with them every member's index. So they are
added up once a month, as the value models are fitted, and kept in ``preference_shares`` together
with what each product was; in between a refresh compares with them.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from functools import partial

import ibis
import pyarrow as pa

from regulars.lake import Snapshot
from regulars.science.learned.churn.sample import some_members
from regulars.science.producers.producer import fingerprint
from regulars.science.producers.profile.cycle import Clocks
from regulars.science.producers.profile.in_force import Kind, Made
from regulars.science.profile import preferences
from regulars.science.profile.preferences import PreferenceOptions

MODEL, SHARES = "preferences", "preference_shares"


def shares_kind(options: PreferenceOptions, clocks: Clocks) -> Kind[str]:
    """Return the kind of fit of a brand; the fit is its version, by which the shares are found."""
    return Kind(
        name=MODEL,
        options=fingerprint(MODEL, options, version=1),
        make=partial(_made, options, clocks),
        read=lambda kept: str(kept["version"]),
    )


def _made(
    options: PreferenceOptions, clocks: Clocks, snapshot: Snapshot, as_of: date
) -> Made[str] | None:
    """Add the shares up from what 200,000 members at most bought; None while nobody has."""
    shares, members = _added_up(snapshot, as_of, options, clocks)
    if not shares.num_rows:
        return None
    version = f"{as_of}-{_digest(shares)}"
    return Made(
        fit=version,
        version=version,
        members=members,
        parameters=json.dumps(_strengths(shares), sort_keys=True),
        beside=(SHARES, shares),
    )


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
