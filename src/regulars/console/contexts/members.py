"""The members page: filters, chips, one page of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from regulars.apps.accounts.types import Capability
from regulars.console.contexts import wording
from regulars.console.contexts.addresses import members_url
from regulars.console.contexts.insights.chips import (
    goes_with,
    insight_chip,
    told_with_another,
)
from regulars.console.contexts.stores import store_list, store_name
from regulars.console.figures.member_filters import (
    NO_DEPARTMENT,
    MemberFilter,
    as_parameter,
)
from regulars.console.figures.people import Beside, MemberPage, MemberRow, member_page
from regulars.science.lifecycle import STAGES
from regulars.science.rfm import ABSENT, GROUPS

if TYPE_CHECKING:
    from regulars.apps.catalog.types import Store
    from regulars.console.desk import Desk

FIELDS = frozenset(
    {"stage", "group", "store", "recency_min", "recency_max", "spend_min", "spend_max"}
)


@dataclass(frozen=True, slots=True)
class Chip:
    """One condition in words, and the address of the list without it."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Column:
    """One sortable column; ``sort`` is the value that a click asks for next."""

    label: str
    sort: str
    state: str = ""
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class MembersPage:
    """Everything on the page."""

    page: MemberPage
    rows: tuple[tuple[MemberRow, str], ...]
    stores: tuple[Store, ...]
    groups: tuple[tuple[str, str], ...]
    stages: tuple[tuple[str, str], ...]
    chips: tuple[Chip, ...]
    columns: tuple[Column, ...]
    wanted: MemberFilter
    carried: tuple[tuple[str, str], ...]
    unread: tuple[str, ...]
    may_export: bool

    @property
    def previous(self) -> int:
        """The number of the page before."""
        return self.page.number - 1

    @property
    def next(self) -> int:
        """The number of the page after."""
        return self.page.number + 1

    @property
    def before(self) -> str:
        """Whom the page before ends next to; nobody for the first page, which has no such end."""
        return self.page.rows[0].member_id if self.page.rows and self.previous > 1 else ""

    @property
    def after(self) -> str:
        """Whom the page after begins next to."""
        return self.page.rows[-1].member_id if self.page.rows else ""


def members_context(
    desk: Desk,
    wanted: MemberFilter,
    unread: tuple[str, ...],
    number: int,
    beside: Beside | None = None,
) -> MembersPage:
    """Put the page together. A filter that could not be read shows nobody, and says so."""
    page = (
        MemberPage(rows=(), total=0, number=1)
        if unread
        else member_page(desk, wanted, number=number, beside=beside)
    )
    stores = store_list(desk)
    names = {store.store_id: store.name for store in stores}
    return MembersPage(
        page=page,
        rows=tuple((row, store_name(desk, row.home_store_id)) for row in page.rows),
        stores=stores,
        groups=tuple((code, wording.term(wording.RFM_GROUPS, code)) for code in (*GROUPS, ABSENT)),
        stages=tuple((code, wording.term(wording.LIFECYCLE_STAGES, code)) for code in STAGES),
        chips=tuple(_chips(wanted, names, desk.currency)),
        columns=_columns(wanted),
        wanted=wanted,
        carried=_carried(wanted),
        unread=unread,
        may_export=desk.actor.may(Capability.EXPORT),
    )


def _columns(wanted: MemberFilter) -> tuple[Column, ...]:
    named = (
        (_("Member id"), "member_id", False),
        (_("Joined"), "joined_on", False),
        (_("Last order"), "last_order_on", False),
        (_("Days since"), "recency_days", True),
        (_("Orders, 365 days"), "frequency", True),
        (_("Spend, 365 days"), "monetary", True),
    )
    return tuple(
        Column(
            label=label,
            sort=f"-{name}" if wanted.sort != name or not wanted.descending else name,
            state=("descending" if wanted.descending else "ascending")
            if wanted.sort == name
            else "",
            numeric=numeric,
        )
        for label, name, numeric in named
    )


def _carried(wanted: MemberFilter) -> tuple[tuple[str, str], ...]:
    """Return the conditions without a field on the page, and the order, as hidden fields."""
    hidden = {name: as_parameter(v) for name, v in wanted.given.items() if name not in FIELDS}
    return (*hidden.items(), ("sort", wanted.ordering))


def _chips(wanted: MemberFilter, stores: dict[str, str], currency: str) -> Iterator[Chip]:
    given = {name: as_parameter(value) for name, value in wanted.given.items()}
    for name, value in wanted.given.items():
        if told_with_another(name, wanted):
            continue
        gone = (name, *goes_with(name))
        others = {other: text for other, text in given.items() if other not in gone}
        yield Chip(
            text=insight_chip(name, wanted, currency) or _chip_text(name, value, stores, currency),
            url=members_url(**others, sort=wanted.ordering),
        )


def _chip_text(name: str, value: object, stores: dict[str, str], currency: str) -> str:
    number = value if isinstance(value, int | Decimal) else 0
    text = as_parameter(value)
    words = {
        "ids": _("member id: %(value)s"),
        "stage": _("stage: %(value)s"),
        "group": _("group: %(value)s"),
        "store": _("home store: %(value)s"),
        "recency_min": _("last order at least %(value)s days ago"),
        "recency_max": _("last order at most %(value)s days ago"),
        "spend_min": _("spent at least %(value)s"),
        "spend_max": _("spent at most %(value)s"),
        "joined_from": _("joined from %(value)s"),
        "joined_to": _("joined until %(value)s"),
        "bought_from": _("bought from %(value)s"),
        "bought_to": _("bought until %(value)s"),
        "bought_at": _("bought at %(value)s"),
        "channel": _("bought through %(value)s"),
        "department": _("bought from department %(value)s"),
        "weekday": _("bought on a %(value)s"),
        "hour": _("bought at %(value)s o'clock"),
    }
    shown = {
        "stage": lambda: wording.term(wording.LIFECYCLE_STAGES, text),
        "group": lambda: (
            _("all important") if text == "important" else wording.term(wording.RFM_GROUPS, text)
        ),
        "store": lambda: stores.get(text, text),
        "bought_at": lambda: stores.get(text, text),
        "spend_min": lambda: wording.money(number, currency),
        "spend_max": lambda: wording.money(number, currency),
        "channel": lambda: wording.term(wording.CHANNELS, text),
        "department": lambda: _("none known") if text == NO_DEPARTMENT else text,
        "weekday": lambda: str(WEEKDAYS[int(number)]),
    }
    return words[name] % {"value": shown.get(name, lambda: text)()}
