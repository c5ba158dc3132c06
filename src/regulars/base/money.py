"""Money as ``Decimal`` with the currency's own number of digits."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0}
_SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "HKD": "HK$"}


def minor_digits(currency: str) -> int:
    """Return how many digits ``currency`` (ISO 4217) has after the point.

    >>> minor_digits("CNY"), minor_digits("JPY")
    (2, 0)
    """
    return _MINOR_DIGITS.get(currency, 2)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Round half up to the currency's digits.

    >>> rounded(Decimal("1.005"), "CNY")
    Decimal('1.01')
    """
    return amount.quantize(Decimal(1).scaleb(-minor_digits(currency)), rounding=ROUND_HALF_UP)


def symbol(currency: str) -> str:
    """Return the sign written before an amount, or the code and a space.

    >>> symbol("CNY"), symbol("CHF")
    ('¥', 'CHF ')
    """
    return _SYMBOLS.get(currency, f"{currency} ")
