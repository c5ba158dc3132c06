"""Addresses of the members behind a number."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import reverse


def members_url(**filters: object) -> str:
    """Return the members page with these filters; empty ones are left out."""
    given = {name: value for name, value in filters.items() if value not in (None, "")}
    address = reverse("console:members")
    return f"{address}?{urlencode(given)}" if given else address


def bought_between(first: date, end: date, **filters: object) -> str:
    """Return the members with an order on ``first <= day < end``."""
    return members_url(
        bought_from=first.isoformat(), bought_to=(end - timedelta(days=1)).isoformat(), **filters
    )
