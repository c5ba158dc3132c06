"""How numbers and names are written on a page, in the reader's language."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from regulars.base.money import minor_digits, rounded, symbol

Number = int | float | Decimal
_TEN_THOUSAND = 10_000
_EMPTY = "–"

RFM_GROUPS: dict[str, Promise] = {
    "important_value": _("Important, value"),
    "important_develop": _("Important, develop"),
    "important_keep": _("Important, keep"),
    "important_winback": _("Important, win back"),
    "general_value": _("General, value"),
    "general_develop": _("General, develop"),
    "general_keep": _("General, keep"),
    "general_winback": _("General, win back"),
    "absent": _("No order in the window"),
}
BANDS: dict[str, Promise] = {
    "high": _("High"),
    "medium": _("Medium"),
    "low": _("Low"),
    "absent": _("No order in the window"),
}
STRATA: dict[str, Promise] = {
    "key": pgettext_lazy("stratum", "Key"),
    "main": pgettext_lazy("stratum", "Main"),
    "ordinary": pgettext_lazy("stratum", "Ordinary"),
    "long_tail": pgettext_lazy("stratum", "Long tail"),
}
LIFECYCLE_STAGES: dict[str, Promise] = {
    "introduction": _("Introduction"),
    "growth": _("Growth"),
    "mature": _("Mature"),
    "dormant": _("Dormant"),
    "churned": _("Churned"),
    "absent": _("Not a member yet"),
    "any": _("any stage"),
}
CHANNELS: dict[str, Promise] = {
    "pos": _("Shop till"),
    "web": _("Web shop"),
    "app": _("App"),
    "miniprogram": _("Mini-program"),
    "wecom": _("WeCom"),
    "marketplace": _("Marketplace"),
    "call_centre": _("Call centre"),
    "mail": _("Mail"),
    "sms": _("SMS"),
    "email": _("E-mail"),
}
GENDERS: dict[str, Promise] = {
    "female": _("Female"),
    "male": _("Male"),
    "other": _("Other"),
}
ATTRIBUTES: dict[str, Promise] = {
    "age": _("Age"),
    "income": _("Income"),
    "home_ownership": _("Home ownership"),
    "marital_status": _("Marital status"),
    "household_size": _("Household size"),
    "household_comp": _("Household composition"),
    "kids_count": _("Children"),
    "phone_type": _("Kind of phone"),
    "credit_grade": _("Credit grade"),
    "country": _("Country"),
    "province": _("Province"),
    "city": _("City"),
    "county": _("County"),
    "home_country": _("Native country"),
    "home_province": _("Native province"),
    "home_city": _("Native city"),
    "home_county": _("Native county"),
    "zodiac": _("Zodiac sign"),
    "blood_type": _("Blood type"),
    "school": _("School"),
    "social_field": _("Social interests"),
    "weibo_followers": _("Weibo followers"),
    "weibo_following": _("Weibo following"),
    "weibo_mutual": _("Weibo mutual"),
    "verified_type": _("Kind of verification"),
    "verified_reason": _("Verified because"),
    "personal_tags": _("Own tags"),
    "qq_groups": _("QQ groups"),
    "consent_social": _("Agrees: social circle"),
    "consent_sensitive": _("Agrees: sensitive attributes"),
}
SIGNS: dict[str, Promise] = {
    "capricorn": _("Capricorn"),
    "aquarius": _("Aquarius"),
    "pisces": _("Pisces"),
    "aries": _("Aries"),
    "taurus": _("Taurus"),
    "gemini": _("Gemini"),
    "cancer": _("Cancer"),
    "leo": _("Leo"),
    "virgo": _("Virgo"),
    "libra": _("Libra"),
    "scorpio": _("Scorpio"),
    "sagittarius": _("Sagittarius"),
}

TABLE_KINDS: dict[str, Promise] = {
    "fact": _("Fact"),
    "dimension": _("Dimension"),
    "feature": _("Feature"),
    "log": _("Log"),
}
RUN_STATES: dict[str, Promise] = {
    "done": _("Done"),
    "unchanged": _("Nothing to do"),
    "failed": _("Failed"),
    "blocked": _("Blocked"),
}
RUN_MODES: dict[str, Promise] = {
    "full": _("everybody"),
    "incremental": _("only what changed"),
    "none": _("nothing computed"),
}
RULES: dict[str, Promise] = {
    "zero_quantity": _("Quantity not above zero: kept, counts no item"),
    "measured_quantity": _("Sold by weight or volume: counts one item"),
    "unknown_product": _("Product no list knows: kept, a placeholder was made"),
}

WEEKDAYS: tuple[Promise, ...] = (
    _("Mon"),
    _("Tue"),
    _("Wed"),
    _("Thu"),
    _("Fri"),
    _("Sat"),
    _("Sun"),
)


def term(names: dict[str, Promise], code: str | None) -> str:
    """Return the reader's word for a code, or the code itself where it has none."""
    if not code:
        return _EMPTY
    return str(names.get(code, code))


def money(amount: Number | None, currency: str) -> str:
    """Write an amount with its sign and the currency's digits: ``$1,234.50``."""
    if amount is None:
        return _EMPTY
    exact = rounded(Decimal(str(amount)), currency)
    sign = "−" if exact < 0 else ""
    return f"{sign}{symbol(currency)}{abs(exact):,.{minor_digits(currency)}f}"


def money_short(amount: Number | None, currency: str) -> str:
    """Write an amount for a narrow place: whole units, and 万 for large ones in Chinese."""
    if amount is None:
        return _EMPTY
    sign = "−" if amount < 0 else ""
    return f"{sign}{symbol(currency)}{_large(abs(Decimal(str(amount))), digits=2)}"


def money_tile(amount: Number | None, currency: str) -> str:
    """Write an amount as a key figure: in full, but with 万 for large ones in Chinese."""
    if amount is not None and abs(Decimal(str(amount))) >= _TEN_THOUSAND and _chinese():
        return money_short(amount, currency)
    return money(amount, currency)


def count(number: Number | None) -> str:
    """Write a count with thousands separators."""
    return _EMPTY if number is None else f"{int(number):,}"


def count_short(number: Number | None) -> str:
    """Write a count for a narrow place: 万 for large ones in Chinese."""
    return _EMPTY if number is None else _large(Decimal(str(number)), digits=1)


def decimal(number: Number | None, digits: int = 2) -> str:
    """Write a number with a fixed count of digits after the point."""
    return _EMPTY if number is None else f"{Decimal(str(number)):,.{digits}f}"


def quantity(amount: Decimal) -> str:
    """Write a quantity without zeros that say nothing: 1, not 1.000."""
    text = f"{amount:,.3f}".rstrip("0").rstrip(".")
    return text or "0"


def attribute(name: str) -> str:
    """Name an attribute: the house's word where there is one, else the source's, readable."""
    known = ATTRIBUTES.get(name)
    return str(known) if known is not None else name.replace("_", " ").capitalize()


def rule(code: str) -> str:
    """Name a cleaning rule, or return its code where it has no words."""
    if code.startswith("extreme_"):
        return gettext("Extreme value in %(column)s: kept and marked") % {
            "column": code.removeprefix("extreme_")
        }
    return term(RULES, code)


def percent(share: Number | None, digits: int = 1) -> str:
    """Write a share (0.25) in percent (25.0%)."""
    return _EMPTY if share is None else f"{Decimal(str(share)) * 100:,.{digits}f}%"


def _chinese() -> bool:
    return (get_language() or "").startswith("zh")


def _large(number: Decimal, *, digits: int) -> str:
    if number >= _TEN_THOUSAND and _chinese():
        tens = (number / _TEN_THOUSAND).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
        return f"{tens:,}万"
    return f"{number.quantize(Decimal(1), rounding=ROUND_HALF_UP):,}"
