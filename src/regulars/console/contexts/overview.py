"""The overview: how the business and its members stand, and what needs somebody today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from regulars.console.contexts import wording
from regulars.console.contexts.addresses import bought_between, members_url
from regulars.console.contexts.attention import Todo, todos
from regulars.console.contexts.charts import Chart, ChartColumn
from regulars.console.contexts.stores import store_name
from regulars.console.figures import periods, standing, trade
from regulars.console.figures.calendar import RANKED_DAYS

if TYPE_CHECKING:
    from collections.abc import Callable

    from regulars.console.desk import Desk
    from regulars.console.figures.periods import Period
    from regulars.console.figures.trade import Share


@dataclass(frozen=True, slots=True)
class Tile:
    """One key figure, its change against the month before, and thirteen months as a line."""

    label: str
    value: str
    url: str
    change: str
    direction: str
    note: str
    spark: Chart


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything on the page; ``month`` is '' while the lake has no orders."""

    month: str
    tiles: tuple[Tile, ...]
    weeks: Chart
    stages: Chart
    groups: Chart
    hours: Chart
    stores: Chart
    channels: Chart
    departments: Chart
    todos: tuple[Todo, ...]
    has_features: bool


def overview(desk: Desk) -> Overview:
    """Put the page together from remembered answers."""
    months = periods.months(desk)
    return Overview(
        month=f"{months[-1].first:%Y-%m}" if months else "",
        tiles=_tiles(desk, months),
        weeks=_weeks(desk),
        stages=_stages(desk),
        groups=group_chart(desk),
        hours=_hours(desk),
        stores=_store_ranking(desk),
        channels=_channel_ranking(desk),
        departments=_department_ranking(desk),
        todos=todos(desk),
        has_features=bool(standing.stages(desk)),
    )


def _tiles(desk: Desk, months: tuple[Period, ...]) -> tuple[Tile, ...]:
    if not months:
        return ()
    observed = tuple(month for month in months if month.repurchase_rate is not None)
    currency = desk.currency
    tiles = [
        _tile(desk, "sales", _("Net sales"), months, lambda m: m.sales, _money(currency)),
        _tile(
            desk, "active", _("Active members"), months, lambda m: m.active_members, wording.count
        ),
        _tile(
            desk,
            "order-value",
            _("Average order value"),
            months,
            lambda m: m.average_order_value,
            lambda value: wording.money(value, currency),
        ),
        _tile(
            desk,
            "frequency",
            _("Orders per active member"),
            months,
            lambda m: m.frequency,
            wording.decimal,
        ),
    ]
    if observed:
        tiles.append(
            _tile(
                desk,
                "repurchase",
                _("Bought again within 30 days"),
                observed,
                lambda m: m.repurchase_rate,
                wording.percent,
                in_points=True,
                note=_("buyers of %(month)s") % {"month": f"{observed[-1].first:%Y-%m}"},
            )
        )
    tiles.append(
        _tile(
            desk,
            "members",
            _("Members"),
            months,
            lambda m: m.members,
            wording.count,
            note=_("%(number)s new") % {"number": wording.count(months[-1].new_members)},
            url=members_url(),
        )
    )
    return tuple(tiles)


def _tile(
    desk: Desk,
    name: str,
    label: str,
    shown: tuple[Period, ...],
    figure: Callable[[Period], Decimal | float | None],
    written: Callable[[Decimal | float | None], str],
    *,
    note: str = "",
    url: str = "",
    in_points: bool = False,
) -> Tile:
    last = shown[-1]
    values = [figure(period) for period in shown]
    before = values[-2] if len(values) > 1 else None
    change, direction = (_points if in_points else _change)(before, values[-1])
    return Tile(
        label=label,
        value=written(values[-1]),
        url=url or bought_between(last.first, last.end),
        change=change,
        direction=direction,
        note=note or _("on the month before"),
        spark=Chart(
            chart_id=f"spark-{name}",
            kind="spark",
            title=label,
            columns=(ChartColumn(_("Month")), ChartColumn(label, "count")),
            rows=tuple((f"{p.first:%Y-%m}", figure(p)) for p in shown),
            currency=desk.currency,
            file=f"{name}-{desk.as_of}",
        ),
    )


def _change(before: Decimal | float | None, now: Decimal | float | None) -> tuple[str, str]:
    if before is None or now is None or not before:
        return "", "flat"
    share = float(now) / float(before) - 1
    direction = "up" if share > 0.0005 else "down" if share < -0.0005 else "flat"
    return wording.percent(abs(share)), direction


def _points(before: Decimal | float | None, now: Decimal | float | None) -> tuple[str, str]:
    """Return the change of a share in percentage points: a share of a share confuses."""
    if before is None or now is None:
        return "", "flat"
    points = (float(now) - float(before)) * 100
    direction = "up" if points > 0.05 else "down" if points < -0.05 else "flat"
    return _("%(points)s pp") % {"points": wording.decimal(abs(points), 1)}, direction


def _money(currency: str) -> Callable[[Decimal | float | None], str]:
    return lambda value: wording.money_tile(value, currency)


def _weeks(desk: Desk) -> Chart:
    weeks = periods.weeks(desk)
    return Chart(
        chart_id="chart-weeks",
        kind="weeks",
        title=_("Sales and active members"),
        note=_("by week, from Monday"),
        columns=(
            ChartColumn(_("Week from")),
            ChartColumn(_("Net sales"), "money"),
            ChartColumn(_("Active members"), "count"),
        ),
        rows=tuple((w.first.isoformat(), w.sales, w.active_members) for w in weeks),
        links=tuple(bought_between(w.first, w.end) for w in weeks),
        currency=desk.currency,
        file=f"weeks-{desk.as_of}",
    )


def _stages(desk: Desk) -> Chart:
    stages = standing.stages(desk)
    total = sum(stage.members for stage in stages) or 1
    return Chart(
        chart_id="chart-stages",
        kind="bars",
        title=_("Lifecycle"),
        note=_("members by stage"),
        columns=(
            ChartColumn(_("Stage")),
            ChartColumn(_("Members"), "count"),
            ChartColumn(_("Share"), "percent"),
            ChartColumn(_("Entered in 30 days"), "count"),
        ),
        rows=tuple(
            (
                wording.term(wording.LIFECYCLE_STAGES, stage.code),
                stage.members,
                stage.members / total,
                stage.entered,
            )
            for stage in stages
        ),
        links=tuple(members_url(stage=stage.code) for stage in stages),
        currency=desk.currency,
        file=f"lifecycle-{desk.as_of}",
    )


def group_chart(desk: Desk) -> Chart:
    """Return the eight groups as a treemap, coloured by who bought again."""
    groups = standing.groups(desk)
    return Chart(
        chart_id="chart-groups",
        kind="groups",
        title=_("RFM groups"),
        note=_("area: members · colour: bought again within 30 days"),
        columns=(
            ChartColumn(_("Group")),
            ChartColumn(_("Members"), "count"),
            ChartColumn(_("Spend per member"), "money"),
            ChartColumn(_("Bought again"), "percent"),
        ),
        rows=tuple(
            (
                wording.term(wording.RFM_GROUPS, group.code),
                group.members,
                group.monetary_mean,
                group.repurchase_rate,
            )
            for group in groups
        ),
        links=tuple(members_url(group=group.code) for group in groups),
        currency=desk.currency,
        file=f"rfm-{desk.as_of}",
        extra={
            "short": [
                f"{wording.count_short(group.members)} · "
                f"{wording.money_short(group.monetary_mean, desk.currency)}"
                for group in groups
            ]
        },
    )


def _hours(desk: Desk) -> Chart:
    hours = trade.hours_of_week(desk)
    days = [str(day) for day in wording.WEEKDAYS]
    return Chart(
        chart_id="chart-hours",
        kind="hours",
        title=_("Visiting hours"),
        note=_("orders in the last 365 days, shop time"),
        columns=(
            ChartColumn(_("Hour of the week")),
            ChartColumn(_("Weekday number"), "count"),
            ChartColumn(_("Hour"), "count"),
            ChartColumn(_("Orders"), "count"),
            ChartColumn(_("Members"), "count"),
        ),
        rows=tuple(
            (f"{days[h.weekday]} {h.hour:02d}:00", h.weekday, h.hour, h.orders, h.members)
            for h in hours
        ),
        links=tuple(_ranked(desk, weekday=h.weekday, hour=h.hour) for h in hours),
        currency=desk.currency,
        file=f"hours-{desk.as_of}",
        extra={"days": days, "hours": [_("%(hour)dh") % {"hour": hour} for hour in range(24)]},
    )


def _store_ranking(desk: Desk) -> Chart:
    shares = trade.stores(desk)
    return _ranking(
        desk,
        "stores",
        _("Stores"),
        tuple(store_name(desk, share.code) for share in shares),
        shares,
        tuple(_ranked(desk, bought_at=share.code) for share in shares),
    )


def _channel_ranking(desk: Desk) -> Chart:
    shares = trade.channels(desk)
    return _ranking(
        desk,
        "channels",
        _("Channels"),
        tuple(wording.term(wording.CHANNELS, share.code) for share in shares),
        shares,
        tuple(_ranked(desk, channel=share.code) for share in shares),
    )


def _department_ranking(desk: Desk) -> Chart:
    shares = trade.departments(desk)
    return _ranking(
        desk,
        "departments",
        _("Departments"),
        tuple(share.code or pgettext("department", "none known") for share in shares),
        shares,
        tuple(_ranked(desk, department=share.code or "-") for share in shares),
    )


def _ranking(
    desk: Desk,
    name: str,
    title: str,
    labels: tuple[str, ...],
    shares: tuple[Share, ...],
    links: tuple[str, ...],
) -> Chart:
    return Chart(
        chart_id=f"chart-{name}",
        kind="bars",
        title=title,
        note=_("net sales, members · 365 days"),
        columns=(
            ChartColumn(title),
            ChartColumn(_("Net sales"), "money"),
            ChartColumn(_("Members"), "count"),
        ),
        rows=tuple(
            (label, share.sales, share.active_members)
            for label, share in zip(labels, shares, strict=True)
        ),
        links=links,
        currency=desk.currency,
        file=f"{name}-{desk.as_of}",
    )


def _ranked(desk: Desk, **filters: object) -> str:
    first = desk.as_of - timedelta(days=RANKED_DAYS)
    return bought_between(first, desk.as_of, **filters)
