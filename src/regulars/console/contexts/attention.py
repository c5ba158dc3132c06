"""What needs somebody today: each line says why, and leads to where it is dealt with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.apps.accounts.queries import failing_ticks
from regulars.apps.accounts.types import Capability
from regulars.apps.catalog.queries import products_without_master_data
from regulars.apps.ingest import queries as ingest
from regulars.apps.members.queries import reviews
from regulars.console.contexts import wording
from regulars.console.contexts.addresses import bought_between, members_url
from regulars.console.contexts.stores import store_name
from regulars.console.desk import remembered
from regulars.console.figures import standing
from regulars.console.figures.calendar import QUIET_DAYS
from regulars.console.figures.insights.alerts import fallen
from regulars.console.figures.stores import falls

if TYPE_CHECKING:
    from regulars.console.desk import Desk

FALLS_SHOWN = 3
FAILURES_SHOWN = 3
WAITING_LONG = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Todo:
    """One line; ``level`` is bad (stops work), warn (costs members) or note."""

    level: str
    text: str
    why: str
    url: str
    action: str


def todos(desk: Desk) -> tuple[Todo, ...]:
    """Return what the reader may deal with, the worst first."""
    found = [
        *_features(desk),
        *_worker(desk),
        *_quarantine(desk),
        *_reviews(desk),
        *_quiet_members(desk),
        *_alerts(desk),
        *_stores(desk),
        *_products(desk),
    ]
    order = {"bad": 0, "warn": 1, "note": 2}
    return tuple(sorted(found, key=lambda todo: order[todo.level]))


def _features(desk: Desk) -> list[Todo]:
    if standing.stages(desk) or not desk.actor.may(Capability.SEE_DATA):
        return []
    return [
        Todo(
            level="bad",
            text=_("No features have been computed"),
            why=_("RFM groups and lifecycle stages are missing until the first refresh"),
            url=reverse("console:data_refresh"),
            action=_("Refresh"),
        )
    ]


def _worker(desk: Desk) -> list[Todo]:
    """The worker's steps that keep failing, and posted orders that nobody lands."""
    if not desk.actor.may(Capability.SEE_DATA):
        return []
    found = [
        Todo(
            level="bad",
            text=_("The worker has failed %(number)s times in a row")
            % {"number": wording.count(tick.failures)},
            why=f"{tick.name}: {tick.error}",
            url=reverse("console:data"),
            action=_("Look"),
        )
        for tick in failing_ticks(failures_min=FAILURES_SHOWN)
    ]
    number, since = ingest.posted_waiting()
    if since is None or timezone.now() - since < WAITING_LONG:
        return found
    text = ngettext("%(number)s posted order waits", "%(number)s posted orders wait", number) % {
        "number": wording.count(number)
    }
    why = _("Since %(since)s: is the worker running?") % {
        "since": f"{timezone.localtime(since):%Y-%m-%d %H:%M}"
    }
    return [*found, Todo("bad", text, why, reverse("console:data"), _("Look"))]


def _quarantine(desk: Desk) -> list[Todo]:
    if not desk.actor.may(Capability.SEE_DATA):
        return []
    number = sum(source.open_rows for source in ingest.sources())
    if not number:
        return []
    text = ngettext(
        "%(number)s row waits in quarantine", "%(number)s rows wait in quarantine", number
    )
    return [
        Todo(
            level="bad",
            text=text % {"number": wording.count(number)},
            why=_("Refused while loading: correct and replay them, or discard them"),
            url=reverse("console:data_quarantine"),
            action=_("Fix"),
        )
    ]


def _reviews(desk: Desk) -> list[Todo]:
    if not desk.actor.may(Capability.REVIEW_IDENTITY):
        return []
    number = reviews(size=1).total
    if not number:
        return []
    text = ngettext(
        "%(number)s pair of members waits for a decision",
        "%(number)s pairs of members wait for a decision",
        number,
    )
    return [
        Todo(
            level="warn",
            text=text % {"number": wording.count(number)},
            why=_("The rules could not tell whether they are one person"),
            url=reverse("console:merge_reviews"),
            action=_("Decide"),
        )
    ]


def _quiet_members(desk: Desk) -> list[Todo]:
    number = standing.quiet_important_members(desk)
    if not number:
        return []
    text = ngettext(
        "%(number)s important member has not come for over %(days)d days",
        "%(number)s important members have not come for over %(days)d days",
        number,
    )
    return [
        Todo(
            level="warn",
            text=text % {"number": wording.count(number), "days": QUIET_DAYS},
            why=_("Their spend is above average: win them back first"),
            url=members_url(group="important", recency_min=QUIET_DAYS + 1),
            action=_("See them"),
        )
    ]


def _alerts(desk: Desk) -> list[Todo]:
    day, number = fallen(desk)
    if day is None or not number:
        return []
    text = ngettext(
        "%(number)s member was downgraded", "%(number)s members were downgraded", number
    )
    return [
        Todo(
            level="warn",
            text=text % {"number": wording.count(number)},
            why=_("Noticed as of %(day)s; a play is suggested for each value group") % {"day": day},
            url=reverse("console:insights_alerts"),
            action=_("See the alerts"),
        )
    ]


def _stores(desk: Desk) -> list[Todo]:
    deep = falls(desk)[:FALLS_SHOWN]
    if not deep:
        return []
    return [
        Todo(
            level="warn",
            text=_("%(store)s: active members fell by %(share)s")
            % {
                "store": store_name(desk, fall.store_id),
                "share": wording.percent(1 - fall.now / fall.before, 0),
            },
            why=_("%(before)s the month before, %(now)s in %(month)s: below the normal range")
            % {
                "before": wording.count(fall.before),
                "now": wording.count(fall.now),
                "month": f"{fall.month.first:%Y-%m}",
            },
            url=bought_between(fall.month.first, fall.month.end, bought_at=fall.store_id),
            action=_("See them"),
        )
        for fall in deep
    ]


def _products(desk: Desk) -> list[Todo]:
    if not desk.actor.may(Capability.SEE_DATA):
        return []
    number = remembered(
        desk.key, "products without master data", lambda: products_without_master_data(desk.lake)
    )
    if not number:
        return []
    text = ngettext(
        "%(number)s product has no master data", "%(number)s products have no master data", number
    )
    return [
        Todo(
            level="note",
            text=text % {"number": wording.count(number)},
            why=_("Order lines name them, no product list does: load a fuller list"),
            url=reverse("console:data_table", args=["products"]),
            action=_("See the table"),
        )
    ]
