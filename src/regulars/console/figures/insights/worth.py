"""What one member is worth and when the next order is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from regulars.console.desk import remembered

if TYPE_CHECKING:
    from regulars.console.desk import Desk


@dataclass(frozen=True, slots=True)
class MemberWorth:
    """The member's row of ``features/value`` and ``features/cycle``; None where there is none."""

    clv: Decimal | None = None
    clv_low: Decimal | None = None
    clv_high: Decimal | None = None
    value_band: str | None = None
    p_alive: float | None = None
    p_purchase_30d: float | None = None
    expected_orders_365d: float | None = None
    expected_spend: Decimal | None = None
    next_order_on: date | None = None
    model_version: str | None = None
    interval_median_days: float | None = None
    due_on: date | None = None
    overdue_days: int | None = None
    stratum: str | None = None
    price_band: str | None = None
    price_reason: str | None = None
    price_choices: int | None = None
    discount_taken: float | None = None
    discount_expected: float | None = None


def member_worth(desk: Desk, member_id: str) -> MemberWorth:
    """Return what is known of the member as of the reader's date."""

    def ask() -> MemberWorth:
        known: dict[str, Any] = {}
        for name in ("price_sensitivity", "value", "cycle", "strata"):
            rows = desk.lake.of_member(f"features/{name}", member_id)
            known |= next(
                iter(rows.filter(rows["as_of"] == desk.as_of).to_pyarrow().to_pylist()), {}
            )
        return MemberWorth(**{name: known.get(name) for name in MemberWorth.__dataclass_fields__})

    return remembered(desk.key, f"worth {member_id}", ask)
