"""The audit trail, newest first, one page at a time."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.core.paginator import Paginator

from regulars.apps.accounts.models import AuditEvent
from regulars.apps.accounts.types import Action, AuditEntry, AuditPage
from regulars.base.business_time import start_of_day

PAGE_SIZE = 50


def audit_page(
    *,
    number: int = 1,
    action: str = "",
    actor_name: str = "",
    first_day: date | None = None,
    last_day: date | None = None,
) -> AuditPage:
    """Return one page of the events that match; days are dates in the brand's zone, inclusive."""
    events = AuditEvent.objects.order_by("-id")
    if action:
        events = events.filter(action=action)
    if actor_name:
        events = events.filter(actor_name=actor_name)
    zone = settings.REGULARS_BRAND.zone
    # The first and the last day of the calendar have no moment before or after them.
    if first_day and first_day > date.min:
        events = events.filter(at__gte=start_of_day(first_day, zone))
    if last_day and last_day < date.max:
        events = events.filter(
            at__lt=start_of_day(date.fromordinal(last_day.toordinal() + 1), zone)
        )
    pages = Paginator(events, PAGE_SIZE)
    page = pages.get_page(number)
    return AuditPage(
        entries=tuple(_entry(event) for event in page.object_list),
        number=page.number,
        pages=pages.num_pages,
        total=pages.count,
    )


def _entry(event: AuditEvent) -> AuditEntry:
    return AuditEntry(
        event_id=event.pk,
        at=event.at,
        actor_name=event.actor_name,
        action=Action(event.action),
        object_kind=event.object_kind,
        object_id=event.object_id,
        detail=event.detail,
        ip=event.ip or "",
    )
