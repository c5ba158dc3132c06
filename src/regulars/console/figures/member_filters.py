"""What the members page is asked for: read from the address, written back as chips."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import product
from typing import TYPE_CHECKING, Any

from regulars.apps.accounts.services.audit import names_somebody
from regulars.science.learned.churn import BANDS as RISK_BANDS
from regulars.science.learned.churn import FIELDS as RISK_FIELDS
from regulars.science.learned.price_sensitivity import BANDS as PRICE_BANDS
from regulars.science.lifecycle import LEGAL, STAGES
from regulars.science.monitors import standard_monitors
from regulars.science.rfm import ABSENT, BANDS, GROUPS
from regulars.science.strata import STRATA
from regulars.science.value import BANDS as CLV_BANDS

if TYPE_CHECKING:
    from collections.abc import Mapping

SORTS = ("monetary", "frequency", "recency_days", "last_order_on", "joined_on", "member_id")
TEXT_MAX = 1_000
IDS_MAX = 50
# A member id or how one begins: the letter m and letters of base 32 (no i, l, o, u).
MEMBER_ID = re.compile(r"m[0-9a-hjkmnp-tv-z]{3,16}")
EXPANSION_ID = re.compile(r"x[0-9a-z]{8,24}")
TAG_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")
NO_DEPARTMENT = "-"
ANY = "any"
# No lifetime value was computed.
NO_WORTH = "none"
# The bands of recency, frequency and monetary.
CELLS = tuple("-".join(bands) for bands in product(BANDS, repeat=3))
# A change of stage; any: out of a stage or into one, wherever from or to.
FLOWS = frozenset(
    f"{before}-{after}"
    for one, other in LEGAL
    for before, after in ((one, other), (ANY, other), (one, ANY))
)
# What may be told of a member: a monitor's name and a direction.
ALERT_KINDS = tuple(
    f"{monitor.name}-{direction}"
    for monitor in standard_monitors()
    for direction in sorted(set(monitor.crossings.values()))
)
_RECORDED_AS = {"store": "store_id", "bought_at": "bought_at_store_id"}


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """Conditions that all must hold; None and '' ask for nothing.

    ``ids`` are member ids or how they begin. A phone or card number is never a condition: it would
    stand in the address, in the browser's history and in the logs.

    The ``bought_*``, ``channel``, ``department``, ``weekday`` and ``hour`` conditions speak about
    one and the same order (or order line): who bought *there and then*.

    ``was_group``, ``was_band`` and ``was_stage`` say where somebody stood as of ``was_on``, a date
    with features. ``absent`` is who stood nowhere: did not buy in the window, had not joined.
    ``clv_band`` and ``clv_min`` (at least) to ``clv_max`` (below it) speak of lifetime value.
    ``risk`` is a band of the probability to leave, which goes from ``risk_min`` (at least) to
    ``risk_max`` (below it); ``risk_reason`` is a field that raises it.
    ``price`` is a band of price sensitivity.
    ``tag`` is a tag they have, ``tag_value`` its value or bucket, if not any.
    ``alike`` is an expansion that found them, at a similarity of at least ``alike_min``.
    ``flow`` is a change of stage (before-after) on one of the days ``flow_from`` … ``flow_to``;
    ``alert`` a line crossed (monitor-direction), by members of a value group, told on a date.
    """

    ids: tuple[str, ...] = ()
    stage: str = ""
    group: str = ""
    band: str = ""
    cell: str = ""
    was_group: str = ""
    was_band: str = ""
    was_stage: str = ""
    was_on: date | None = None
    flow: str = ""
    flow_from: date | None = None
    flow_to: date | None = None
    alert: str = ""
    alert_group: str = ""
    alerted_on: date | None = None
    clv_band: str = ""
    clv_min: Decimal | None = None
    clv_max: Decimal | None = None
    stratum: str = ""
    risk: str = ""
    risk_min: Decimal | None = None
    risk_max: Decimal | None = None
    risk_reason: str = ""
    price: str = ""
    tag: str = ""
    tag_value: str = ""
    alike: str = ""
    alike_min: int | None = None
    store: str = ""
    recency_min: int | None = None
    recency_max: int | None = None
    spend_min: Decimal | None = None
    spend_max: Decimal | None = None
    joined_from: date | None = None
    joined_to: date | None = None
    bought_from: date | None = None
    bought_to: date | None = None
    bought_at: str = ""
    channel: str = ""
    department: str = ""
    weekday: int | None = None
    hour: int | None = None
    sort: str = "monetary"
    descending: bool = True

    @property
    def asks_orders(self) -> bool:
        """Whether the answer depends on single orders."""
        return any(
            getattr(self, name) not in (None, "", ())
            for name in ("bought_from", "bought_to", "bought_at", "channel", "weekday", "hour")
        )

    @property
    def given(self) -> dict[str, object]:
        """Return the conditions that were set, by parameter name."""
        ordering = {"sort", "descending"}
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: value
            for name, value in values.items()
            if name not in ordering and value not in (None, "", ())
        }

    @property
    def ordering(self) -> str:
        """Return the order as the address says it: a minus for the largest first."""
        return f"-{self.sort}" if self.descending else self.sort


def as_parameter(value: object) -> str:
    """Write a condition's value as the address says it."""
    return ",".join(value) if isinstance(value, tuple) else str(value)


def recorded(wanted: MemberFilter, currency: str) -> dict[str, str]:
    """Return the conditions as the audit trail keeps them.

    The trail refuses what looks like a phone number, so digits say what they are: stores stand
    under the name of an id, amounts with their currency.
    """
    found = {}
    for name, value in wanted.given.items():
        if isinstance(value, Decimal):
            found[name] = f"{currency} {value:f}"
        else:
            found[_RECORDED_AS.get(name, name)] = as_parameter(value)
    return found


def read_filter(parameters: Mapping[str, str]) -> tuple[MemberFilter, tuple[str, ...]]:
    """Return the filter and the names of parameters that could not be read.

    A value that means nothing is named, never silently ignored: a filter that matches everybody
    because of a slip of the pen is the dangerous kind.
    """
    wanted: dict[str, Any] = {}
    unread: list[str] = []
    for name, reader in _READERS.items():
        text = parameters.get(name, "").strip()[:TEXT_MAX]
        if not text:
            continue
        try:
            wanted[name] = reader(text)
        except (ValueError, InvalidOperation):
            unread.append(name)
    if wanted.keys() & {"was_group", "was_band", "was_stage"} and "was_on" not in wanted:
        unread.append("was_on")
    sort = parameters.get("sort", "").strip()
    found = MemberFilter(**wanted)
    if sort.lstrip("-") in SORTS:
        found = replace(found, sort=sort.lstrip("-"), descending=sort.startswith("-"))
    return found, tuple(unread)


def _word(*, place: str) -> Any:
    """Read an id or a name; never a phone number or e-mail, nor what the lake cannot compare."""

    def read(text: str) -> str:
        if "\0" in text or names_somebody(text, place=place):
            raise ValueError(text)
        return text

    return read


def _one_of(*known: str) -> Any:
    def read(text: str) -> str:
        if text not in known:
            raise ValueError(text)
        return text

    return read


def _matching(pattern: re.Pattern[str]) -> Any:
    def read(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError(text)
        return text

    return read


def _between(least: int, most: int) -> Any:
    def read(text: str) -> int:
        number = int(text)
        if not least <= number <= most:
            raise ValueError(text)
        return number

    return read


def _ids(text: str) -> tuple[str, ...]:
    begins = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    if len(begins) > IDS_MAX or not all(MEMBER_ID.fullmatch(part) for part in begins):
        raise ValueError(text)
    return begins


def _money(text: str) -> Decimal:
    amount = Decimal(text.replace(",", ""))
    if not amount.is_finite() or abs(amount) > 10**12:
        raise ValueError(text)
    return amount


_READERS: dict[str, Any] = {
    "ids": _ids,
    "stage": _one_of(*STAGES),
    "group": _one_of(*GROUPS, "important", ABSENT),
    "band": _one_of(*BANDS, ABSENT),
    "cell": _one_of(*CELLS),
    "was_group": _one_of(*GROUPS, ABSENT),
    "was_band": _one_of(*BANDS, ABSENT),
    "was_stage": _one_of(*STAGES, ABSENT),
    "was_on": date.fromisoformat,
    "flow": _one_of(*FLOWS),
    "flow_from": date.fromisoformat,
    "flow_to": date.fromisoformat,
    "alert": _one_of(*ALERT_KINDS),
    "alert_group": _one_of(*GROUPS, ABSENT),
    "alerted_on": date.fromisoformat,
    "clv_band": _one_of(*CLV_BANDS, NO_WORTH),
    "clv_min": _money,
    "clv_max": _money,
    "stratum": _one_of(*STRATA),
    "risk": _one_of(*RISK_BANDS),
    "risk_min": _money,
    "risk_max": _money,
    "risk_reason": _one_of(*(field.name for field in RISK_FIELDS)),
    "price": _one_of(*PRICE_BANDS),
    "tag": _matching(TAG_CODE),
    "tag_value": _word(place="tag_value"),
    "alike": _matching(EXPANSION_ID),
    "alike_min": _between(0, 100),
    "store": _word(place="store_id"),
    "recency_min": _between(0, 100_000),
    "recency_max": _between(0, 100_000),
    "spend_min": _money,
    "spend_max": _money,
    "joined_from": date.fromisoformat,
    "joined_to": date.fromisoformat,
    "bought_from": date.fromisoformat,
    "bought_to": date.fromisoformat,
    "bought_at": _word(place="bought_at_store_id"),
    "channel": _word(place="channel"),
    "department": _word(place="department"),
    "weekday": _between(0, 6),
    "hour": _between(0, 23),
}
