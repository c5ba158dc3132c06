"""The bands of price sensitivity, and their reasons in plain words."""

from __future__ import annotations

from typing import Literal

import ibis
import ibis.expr.types as ir

from regulars.base.errors import RuleError

BANDS = {
    "high": ("answers discounts", "对折扣敏感"),
    "medium": ("as most members", "与多数会员相当"),
    "low": ("passes discounts by", "对折扣不敏感"),
    "unknown": ("too little is known", "依据不足"),
}
REASONS = {
    "takes_more": (
        "Took {taken:.0%} off in {choices} choices with an offer, where most take {expected:.0%}.",
        "在有优惠可选的 {choices} 次选购中买到 {taken:.0%} 的折扣；多数会员为 {expected:.0%}。",
    ),
    "takes_less": (
        "Took {taken:.0%} off in {choices} choices with an offer; most would take {expected:.0%}.",
        "在有优惠可选的 {choices} 次选购中仅买到 {taken:.0%} 的折扣；多数会员为 {expected:.0%}。",
    ),
    "as_most": (
        "{choices} choices with an offer do not differ from what most members do.",
        "在有优惠可选的 {choices} 次选购中与多数会员没有差别。",
    ),
    "few_choices": (
        "Only {choices} choices with an offer are known.",
        "仅有 {choices} 次选购时有优惠可选。",
    ),
}
# Fewer choices leave the member where the category is, whatever they were.
CHOICES_MIN = 5
# So many standard errors from the category's slope count as different.
_APART = 1.0


def band(choices: ir.IntegerColumn, away: ir.FloatingColumn) -> ir.Column:
    """Return the band of members ``away`` standard errors from their categories' slope."""
    return _told(choices, away, ("unknown", "high", "low", "medium"))


def code(choices: ir.IntegerColumn, away: ir.FloatingColumn) -> ir.Column:
    """Return the key in ``REASONS``."""
    return _told(choices, away, ("few_choices", "takes_more", "takes_less", "as_most"))


def reason(
    name: str, *, choices: int, taken: float, expected: float, language: Literal["en", "zh"] = "en"
) -> str:
    """Return a reason in words.

    >>> reason("few_choices", choices=2, taken=0.1, expected=0.2)
    'Only 2 choices with an offer are known.'
    """
    if name not in REASONS:
        raise RuleError(f"there is no reason {name!r}", fix=f"Use one of {', '.join(REASONS)}")
    text = REASONS[name][language == "zh"]
    return text.format(choices=choices, taken=taken, expected=expected)


def _told(
    choices: ir.IntegerColumn, away: ir.FloatingColumn, names: tuple[str, str, str, str]
) -> ir.Column:
    few, more, less, same = names
    return ibis.cases(
        (choices < CHOICES_MIN, few), (away > _APART, more), (away < -_APART, less), else_=same
    )
