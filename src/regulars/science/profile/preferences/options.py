"""What a brand sets about preferences."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.base.errors import RuleError


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceOptions:
    """Choices of the last ``window_days`` count; a preference has at least this index.

    100 is what everybody does. However high the index, what a member chose twice, or on one day
    only, is no preference.
    """

    window_days: int = 365
    index_min: float = 120.0

    def __post_init__(self) -> None:
        if self.window_days < 1:
            raise RuleError(f"a window of {self.window_days} days holds no day")
        if not self.index_min > 100.0:
            raise RuleError(
                f"an index of {self.index_min:g} is no preference",
                where="PreferenceOptions",
                fix="Use more than 100, which is what everybody does",
            )
