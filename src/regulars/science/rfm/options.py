"""How a brand wants its RFM computed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from regulars.base.errors import RuleError

Method = Literal["quantile", "quantile_plus_one", "fixed", "mean"]

METHODS: tuple[Method, ...] = ("quantile", "quantile_plus_one", "fixed", "mean")
LEVELS_MIN, LEVELS_MAX = 2, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RfmCuts:
    """Set cuts of the method ``fixed``: for ``levels`` levels, ``levels - 1`` rising values each.

    A member reaches the next level *from* a cut of frequency (orders) or monetary (currency
    units), and *within* a cut of recency (days): recency cuts 30, 90 give the best level up to
    and including 30 days.
    """

    recency_days: tuple[int, ...]
    frequency: tuple[int, ...]
    monetary: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RfmValues:
    """Set values that make a member *high*: at most the days, at least the orders and the money."""

    recency_days: int
    frequency: int
    monetary: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RfmOptions:
    """Window, scores and the meaning of *high*.

    ``window_days``
        Orders of the last so many days count.
    ``method``
        ``quantile``: bins (lower, upper] between type-7 quantiles of the buyers, as ``qcut`` of
        pandas. ``quantile_plus_one``: bins [lower, upper) between type-7 quantiles + 1 (a day, an
        order, a currency unit), as the R package ``rfm``. ``fixed``: ``cuts``. ``mean``: cuts at
        even fractions of the mean, 2k / levels for k = 1 … levels - 1: with two levels, the mean.
    ``levels``
        Scores run from 1 (worst) to ``levels`` (best).
    ``high``
        What splits each value into the eight groups. ``mean``: better than the buyers' mean.
        ``score``: a score above the middle of the scale. ``RfmValues``: set values.
    """

    window_days: int = 365
    method: Method = "quantile"
    levels: int = 5
    cuts: RfmCuts | None = None
    high: Literal["mean", "score"] | RfmValues = "mean"

    def __post_init__(self) -> None:
        if self.window_days < 1:
            raise RuleError(
                f"an RFM window of {self.window_days} days holds no day", fix="Use at least 1 day"
            )
        if not LEVELS_MIN <= self.levels <= LEVELS_MAX:
            raise RuleError(
                f"RFM scores cannot have {self.levels} levels",
                fix=f"Use {LEVELS_MIN} to {LEVELS_MAX}",
            )
        if self.method not in METHODS:
            raise RuleError(
                f"there is no RFM method {self.method!r}", fix=f"Use one of {', '.join(METHODS)}"
            )
        if self.high not in ("mean", "score") and not isinstance(self.high, RfmValues):
            raise RuleError(f"high cannot be {self.high!r}", fix="Use mean, score or RfmValues(…)")
        self._check_cuts()

    @property
    def compares(self) -> bool:
        """Whether a buyer's scores or group depend on the other buyers."""
        return self.method != "fixed" or self.high == "mean"

    def _check_cuts(self) -> None:
        if self.method != "fixed":
            if self.cuts is not None:
                raise RuleError(f"the method {self.method} takes no cuts", fix="Use method fixed")
            return
        if self.cuts is None:
            raise RuleError("the method fixed needs cuts", fix="Pass cuts=RfmCuts(…)")
        for name in ("recency_days", "frequency", "monetary"):
            values = getattr(self.cuts, name)
            if len(values) != self.levels - 1 or list(values) != sorted(set(values)):
                raise RuleError(
                    f"{self.levels} levels need {self.levels - 1} rising cuts, not {values}",
                    where=f"RfmCuts.{name}",
                )
