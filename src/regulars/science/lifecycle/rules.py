"""When a member changes stage."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.base.errors import RuleError

STAGES = ("introduction", "growth", "mature", "dormant", "churned")


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleRules:
    """Bounds of the stages: orders count over the whole life, days are days without an order.

    A member with fewer than ``growth_orders`` orders is in introduction, with fewer than
    ``mature_orders`` in growth, else mature. After ``dormant_days`` whole days without an order the
    member is dormant, after ``churned_days`` churned, whatever came before; one order brings the
    member back to the stage of the order count.
    """

    growth_orders: int = 2
    mature_orders: int = 6
    dormant_days: int = 60
    churned_days: int = 180

    def __post_init__(self) -> None:
        if not 1 <= self.growth_orders < self.mature_orders:
            raise RuleError(
                f"growth from {self.growth_orders} and mature from {self.mature_orders} orders "
                "cannot both hold",
                fix="Use 1 <= growth_orders < mature_orders",
            )
        if not 1 <= self.dormant_days < self.churned_days:
            raise RuleError(
                f"dormant after {self.dormant_days} and churned after {self.churned_days} days "
                "cannot both hold",
                fix="Use 1 <= dormant_days < churned_days",
            )
