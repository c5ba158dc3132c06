"""What a brand sets about the value of its members."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from regulars.base.errors import RuleError


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueOptions:
    """Money of a year from now counts ``1 / (1 + discount)``; an interval holds ``level``.

    The greatest ``high`` of the members by lifetime value, at the time of the fit, are high, the
    next up to ``medium`` are medium, the others low. The hold-out is the last third of what is
    known, but not more than ``hold_out_days``.
    """

    discount: float = 0.10
    level: float = 0.90
    high: Fraction = Fraction(20, 100)
    medium: Fraction = Fraction(50, 100)
    hold_out_days: int = 182

    def __post_init__(self) -> None:
        if not self.discount > -1.0:
            raise RuleError(f"a discount cannot be {self.discount:g}", fix="0.1 is 10 % a year")
        if not 0.0 < self.level < 1.0:
            raise RuleError(f"a level lies between 0 and 1, not at {self.level:g}")
        if not 0 < self.high < self.medium < 1:
            raise RuleError(
                f"bands cannot end at {self.high} and {self.medium} of the members",
                where="ValueOptions",
                fix="Use two rising shares between 0 and 1",
            )
        if self.hold_out_days < 1:
            raise RuleError(f"a hold-out cannot last {self.hold_out_days} days")
