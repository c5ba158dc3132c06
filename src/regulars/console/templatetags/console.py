"""Icons, money, counts and dates for templates."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from regulars.console.contexts import wording
from regulars.console.contexts.stores import store_name

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw one icon of the sprite; it is decoration, so screen readers skip it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("vendor/icons.svg"),
        name,
    )


@register.filter
def money(amount: Decimal | float | None, currency: str = "") -> str:
    """Write an amount in its currency, the brand's by default."""
    return wording.money(amount, currency or settings.REGULARS_BRAND.currency)


@register.filter
def count(number: float | None) -> str:
    """Write a count with thousands separators."""
    return wording.count(number)


@register.filter
def percent(share: float | None, digits: int = 1) -> str:
    """Write a share in percent."""
    return wording.percent(share, digits)


@register.filter
def decimal(number: Decimal | float | None, digits: int = 2) -> str:
    """Write a number with a fixed count of digits."""
    return wording.decimal(number, digits)


@register.filter
def rfm_group(code: str | None) -> str:
    """Name an RFM group."""
    return wording.term(wording.RFM_GROUPS, code)


@register.filter
def value_band(code: str | None) -> str:
    """Write a band of value in the reader's language."""
    return wording.term(wording.BANDS, code)


@register.filter
def stratum(code: str | None) -> str:
    """Write one of the four strata in the reader's language."""
    return wording.term(wording.STRATA, code)


@register.filter
def stage(code: str | None) -> str:
    """Name a lifecycle stage."""
    return wording.term(wording.LIFECYCLE_STAGES, code)


@register.filter
def channel(code: str | None) -> str:
    """Name a channel."""
    return wording.term(wording.CHANNELS, code)


@register.filter
def moment(at: datetime) -> str:
    """Write date and time in the brand's zone; the date alone for midnight: no hour was known."""
    local = timezone.localtime(at)
    return f"{local:%Y-%m-%d}" if local.time() == time.min else f"{local:%Y-%m-%d %H:%M}"


@register.filter
def gender(code: str | None) -> str:
    """Name a gender."""
    return wording.term(wording.GENDERS, code)


@register.filter
def attribute(name: str) -> str:
    """Name an attribute: the house's word where there is one, else the source's."""
    return wording.attribute(name)


@register.filter
def quantity(amount: Decimal) -> str:
    """Write a quantity without zeros that say nothing."""
    return wording.quantity(amount)


@register.filter
def meaning(text: str) -> str:
    """Say what a table or column means in the reader's language."""
    return gettext(text) if text else ""


@register.filter
def table_kind(code: str) -> str:
    """Name a kind of table."""
    return wording.term(wording.TABLE_KINDS, code)


@register.filter
def run_state(code: str) -> str:
    """Name the state of a producer's run."""
    return wording.term(wording.RUN_STATES, code)


@register.filter
def run_mode(code: str) -> str:
    """Name the mode of a producer's run."""
    return wording.term(wording.RUN_MODES, code)


@register.filter
def rule(code: str) -> str:
    """Name a cleaning rule."""
    return wording.rule(code)


@register.simple_tag(takes_context=True)
def store_called(context: dict[str, Any], store_id: str) -> str:
    """Name a store as the reader of the page calls it; a dash for none."""
    return store_name(context["request"].desk, store_id) or "–"


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: object) -> str:
    """Return the page's own query string with some parameters changed; empty ones drop out."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        parameters.pop(name, None)
        if value not in (None, ""):
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}" if parameters else "?"
