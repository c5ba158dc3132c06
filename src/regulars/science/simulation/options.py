"""What a simulation is asked for: its size, its seed, and what is true in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from regulars.base.errors import RuleError

MEMBERS_MAX = 20_000_000
MONTHS_MAX = 120
# The calendar knows the lunar year from 2015 to 2035.
FIRST_DAY, LAST_DAY = date(2015, 3, 1), date(2035, 12, 31)
DEFAULT_UNTIL = date(2025, 7, 1)


@dataclass(frozen=True, slots=True)
class Process:
    """The true parameters of buying and spending; time is in weeks of the city's own clock.

    Purchases after the first follow BG/NBD: a person buys at random with rate
    lambda ~ gamma(r, rate alpha) and after each repeat purchase stops for good with probability
    p ~ beta(a, b) (Fader, Hardie and Lee 2005, Marketing Science 24:2). The net amount of an order
    follows gamma-gamma: gamma(p, rate nu) with nu ~ gamma(q, rate v), in the currency (Fader and
    Hardie 2013, note 025), but for goods having prices: see ``trade.baskets``.
    """

    r: float = 0.8
    alpha: float = 5.0
    a: float = 0.6
    b: float = 3.8
    p: float = 6.0
    q: float = 4.0
    v: float = 64.0
    bought_share: float = 0.94


@dataclass(frozen=True, slots=True)
class Dirt:
    """How often sources are wrong about people, as shares.

    Attributes:
        phone_mistyped: Persons one of whose records has a phone with a wrong digit.
        phone_shared: Persons who give a relative's phone as their own.
        phone_recycled: Persons whose phone went to a new owner, who joined later.
        phone_stale: Former owners whose card still shows the number they gave up.
        card_phone_missing: Cards without a phone.
        web_phone_missing: Web accounts without a phone.
        openid_phone_missing: Mini-program users who never gave a phone.
        unionid_missing: Mini-program users without a UnionID.
        phone_format: Phones written with spaces, dashes, +86 or full-width digits.
        email_case: E-mail addresses with capitals.
    """

    phone_mistyped: float = 0.02
    phone_shared: float = 0.01
    phone_recycled: float = 0.02
    phone_stale: float = 0.5
    card_phone_missing: float = 0.01
    web_phone_missing: float = 0.04
    openid_phone_missing: float = 0.05
    unionid_missing: float = 0.15
    phone_format: float = 0.15
    email_case: float = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationOptions:
    """The arguments of one simulation.

    Attributes:
        members: People who register, in all channels together; guests come on top.
        months: Whole months of history that end before ``until``.
        seed: Two runs with the same arguments write the same bytes.
        until: The day after the last; the first of a month.
    """

    members: int
    months: int
    seed: int
    until: date = DEFAULT_UNTIL
    process: Process = field(default_factory=Process)
    dirt: Dirt = field(default_factory=Dirt)

    def __post_init__(self) -> None:
        _between("members", self.members, 1, MEMBERS_MAX)
        _between("months", self.months, 1, MONTHS_MAX)
        _between("seed", self.seed, 0, 2**63 - 1)
        if self.until.day != 1:
            raise RuleError(
                f"the history ends on {self.until}, inside a month",
                where="until",
                fix=f"Use the first of a month, such as {self.until.replace(day=1)}",
            )
        if self.first_day < FIRST_DAY or self.until > LAST_DAY:
            raise RuleError(
                f"the history would run from {self.first_day} to {self.until}",
                where="until",
                fix=f"The lunar calendar is known from {FIRST_DAY} to {LAST_DAY}",
            )

    @property
    def first_day(self) -> date:
        """The first day of the history."""
        months = self.until.year * 12 + self.until.month - 1 - self.months
        return date(months // 12, months % 12 + 1, 1)

    @property
    def days(self) -> int:
        """How many days the history has."""
        return (self.until - self.first_day).days

    @property
    def last_day(self) -> date:
        """The last day of the history."""
        return self.until - timedelta(days=1)


def _between(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise RuleError(
            f"{value:,} is not possible", where=name, fix=f"Use a number from {least:,} to {most:,}"
        )
