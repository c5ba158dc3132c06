"""How many members are how likely to leave, what they are worth and why, by home.

What the counts are of, by ``figure``:

figure   code                    other                     of
told     version of the model    –                         everybody with a probability
bar      tenth of probability    –                         the same
cell     band of risk            band of lifetime value    the same
group    RFM group               band of risk              the same
reason   field that raises it    band of risk              the same, once for each reason

'' stands for no band or group. ``leaving`` are summed probabilities in millionths, ``cents``
lifetime value in minor units.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from regulars.console.figures.digests.visits import MINOR_UNITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import ibis.expr.types as ir

    from regulars.console.desk import Desk

TENTHS = 10
MILLION = 1_000_000
_HOMES = ("home_store_id", "guide_id")
_PLACES = ("figure", "code", "other")
_SUMS = ("members", "leaving", "cents")
SCHEMA = ibis.schema(dict.fromkeys((*_HOMES, *_PLACES), "string") | dict.fromkeys(_SUMS, "int64"))


def risk_sums(desk: Desk) -> ir.Table:
    """Count the members of the reader's date, in the columns of ``SCHEMA``."""
    found = ibis.union(*_figures(_told(desk)), distinct=False)
    return found.order_by(*SCHEMA.names)


def raised_by(rows: ir.Table, field: str) -> ir.BooleanValue:
    """Whether the field is among what raises a member's risk."""
    return ("," + rows["churn_reasons"] + ",").contains(f",+{field},")


def _told(desk: Desk) -> ir.Table:
    """Return everybody with a probability, with home, value and group."""
    churn = _of_today(desk, "churn").select(
        "member_id", "p_churn", "churn_band", "churn_reasons", version="model_version"
    )
    value = _of_today(desk, "value").select("member_id", "clv", worth="value_band")
    groups = _of_today(desk, "rfm").select("member_id", "rfm_group")
    people = desk.whole.table("members").select("member_id", *_HOMES)
    rows = churn.filter(churn["p_churn"].notnull()).inner_join(people, "member_id")
    for other in (value, groups):
        rows = rows.left_join(other, "member_id").drop("member_id_right")
    return rows


def _figures(rows: ir.Table) -> Iterator[ir.Table]:
    # The bars end where the members list cuts: below 0.1, below 0.2, …
    bar = ibis.cases(
        *((rows["p_churn"] < (step + 1) / TENTHS, str(step)) for step in range(TENTHS - 1)),
        else_=str(TENTHS - 1),
    )
    fields = rows.mutate(reason=rows["churn_reasons"].split(",").unnest())
    raising = fields.filter(fields["reason"].startswith("+"))
    yield _summed(rows, "told", rows["version"])
    yield _summed(rows, "bar", bar)
    yield _summed(rows, "cell", rows["churn_band"], rows["worth"])
    yield _summed(rows, "group", rows["rfm_group"], rows["churn_band"])
    yield _summed(raising, "reason", raising["reason"].substr(1), raising["churn_band"])


def _summed(rows: ir.Table, figure: str, code: ir.Value, other: ir.Value | None = None) -> ir.Table:
    other = ibis.literal("") if other is None else other
    placed = rows.mutate(
        figure=ibis.literal(figure), code=code.fill_null(""), other=other.fill_null("")
    )
    summed = placed.group_by(*_HOMES, *_PLACES).agg(
        members=placed.count(),
        leaving=(placed["p_churn"].sum() * MILLION).cast("int64"),
        cents=(placed["clv"].sum() * MINOR_UNITS).cast("int64").fill_null(0),
    )
    return summed.select(*SCHEMA.names).cast(dict(SCHEMA.items()))


def _of_today(desk: Desk, name: str) -> ir.Table:
    table = desk.whole.table(f"features/{name}")
    return table.filter(table["as_of"] == desk.as_of)
