"""Member 360: one member put together from the rooms' answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from regulars.apps.accounts.queries import visible_members
from regulars.apps.accounts.types import Capability
from regulars.apps.members.queries import identifiers_of, link_history
from regulars.apps.members.types import LinkKind
from regulars.console.contexts.charts import Chart, ChartColumn
from regulars.console.contexts.stores import store_name
from regulars.console.figures import member as figures

if TYPE_CHECKING:
    from regulars.apps.members.types import LinkEntry, MaskedIdentifier
    from regulars.console.desk import Desk
    from regulars.console.figures.member import (
        Attribute,
        Happening,
        Kind,
        Lifetime,
        Preference,
        Standing,
    )


@dataclass(frozen=True, slots=True)
class KindTab:
    """One choice of what the timeline shows."""

    code: str
    label: str
    active: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """One page of what happened; ``next`` is 0 on the last page."""

    entries: tuple[tuple[Happening, str], ...]
    tabs: tuple[KindTab, ...]
    kind: str
    next: int


@dataclass(frozen=True, slots=True)
class Member360:
    """Everything on the page."""

    member_id: str
    standing: Standing
    lifetime: Lifetime
    home_store: str
    next_order_on: object
    identifiers: tuple[MaskedIdentifier, ...]
    links: tuple[LinkEntry, ...]
    attributes: tuple[Attribute, ...]
    stores: Chart
    hours: Chart
    timeline: Timeline
    may_reveal: bool


def member_360(desk: Desk, member_id: str, *, kind: str, page: int) -> Member360:
    """Put the page together; raise ``NotVisibleError`` outside the reader's scope."""
    standing = figures.standing(desk, member_id)
    lifetime = figures.lifetime(desk, member_id)
    preferred = figures.preferences(desk, member_id)
    usual = lifetime.days_between
    return Member360(
        member_id=member_id,
        standing=standing,
        lifetime=lifetime,
        home_store=store_name(desk, standing.home_store_id),
        next_order_on=(
            lifetime.last_on + timedelta(days=round(usual)) if usual and lifetime.last_on else None
        ),
        identifiers=identifiers_of([member_id]).get(member_id, ()),
        links=_links(desk, member_id),
        attributes=figures.told_attributes(figures.attributes(desk, member_id)),
        stores=_ranking(
            desk,
            "stores",
            _("Stores visited"),
            preferred.stores,
            {share.code: store_name(desk, share.code) for share in preferred.stores},
        ),
        hours=_hours(desk, preferred.hours),
        timeline=timeline(desk, member_id, kind=kind, page=page),
        may_reveal=desk.actor.may(Capability.REVEAL_IDENTIFIER),
    )


def favourite_categories(desk: Desk, member_id: str) -> Chart:
    """Return what the member spends most on; asked for when the rest of the page stands."""
    found = figures.favourite_categories(desk, member_id)
    return _ranking(desk, "categories", _("Favourite categories"), found)


def timeline(desk: Desk, member_id: str, *, kind: str, page: int) -> Timeline:
    """Return one page of the timeline; an unknown kind shows all kinds."""
    chosen = next((one for one in figures.KINDS if one == kind), None)
    kinds: tuple[Kind, ...] = (chosen,) if chosen else figures.KINDS
    found, more = figures.timeline(desk, member_id, kinds=kinds, page=page)
    labels = {
        "": _("Everything"),
        "order": _("Orders"),
        "redemption": _("Redemptions"),
        "send": _("Messages sent"),
    }
    return Timeline(
        entries=tuple(
            (one, store_name(desk, one.what) if one.kind == "order" else one.what) for one in found
        ),
        tabs=tuple(
            KindTab(code=code, label=label, active=code == (chosen or ""))
            for code, label in labels.items()
        ),
        kind=chosen or "",
        next=page + 1 if more else 0,
    )


def _links(desk: Desk, member_id: str) -> tuple[LinkEntry, ...]:
    """Return the link history without ids of people the reader may not see.

    A member that was merged into this one is this person; after the merge was undone it is
    somebody else, who may belong to another shop.
    """
    entries = link_history(member_id)
    # The merge itself may be older than the history shown; the split alone says it is over.
    over = [one for one in entries if one.undone or one.kind is LinkKind.UNMERGE]
    parted = {one.other_id for one in over if one.other_id} | {one.member_id for one in over}
    seen = visible_members(desk.lake, parted | {member_id}) if parted else frozenset()
    return tuple(
        replace(one, other_id=None) if one.other_id in parted and one.other_id not in seen else one
        for one in entries
    )


def _ranking(
    desk: Desk,
    name: str,
    title: str,
    shares: tuple[Preference, ...],
    labels: dict[str, str] | None = None,
) -> Chart:
    return Chart(
        chart_id=f"chart-member-{name}",
        kind="bars",
        title=title,
        columns=(
            ChartColumn(title),
            ChartColumn(_("Spend"), "money"),
            ChartColumn(_("Orders"), "count"),
            ChartColumn(_("Share"), "percent"),
        ),
        rows=tuple(
            (
                (labels or {}).get(share.code, share.code) or _("none known"),
                share.sales,
                share.orders,
                share.share,
            )
            for share in shares
        ),
        currency=desk.currency,
        file=f"member-{name}-{desk.as_of}",
    )


def _hours(desk: Desk, counts: tuple[int, ...]) -> Chart:
    total = sum(counts)
    return Chart(
        chart_id="chart-member-hours",
        kind="day",
        title=_("Hours of the day"),
        note=_("orders by shop time"),
        columns=(
            ChartColumn(_("Hour")),
            ChartColumn(_("Orders"), "count"),
            ChartColumn(_("Share"), "percent"),
        ),
        rows=tuple(
            (_("%(hour)dh") % {"hour": hour}, count, count / total)
            for hour, count in enumerate(counts)
        )
        if total
        else (),
        currency=desk.currency,
        file=f"member-hours-{desk.as_of}",
    )
