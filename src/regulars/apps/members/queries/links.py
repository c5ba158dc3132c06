"""How a member came to be who they are: the log of links."""

from __future__ import annotations

from django.db.models import Q

from regulars.apps.members.models import LinkEvent
from regulars.apps.members.queries.identifiers import masked_keys
from regulars.apps.members.types import IdentifierKind, LinkEntry, LinkKind

HISTORY_MAX = 200


def link_history(member_id: str) -> list[LinkEntry]:
    """Return the member's links, newest first, at most ``HISTORY_MAX``. Not cut to a scope."""
    events = list(
        LinkEvent.objects.filter(Q(member=member_id) | Q(other=member_id))
        .defer("facts", "moved")
        .order_by("-pk")[:HISTORY_MAX]
    )
    undone = set(LinkEvent.objects.filter(undoes__in=events).values_list("undoes_id", flat=True))
    shown = masked_keys(bytes(event.key_hash) for event in events if event.key_hash is not None)
    return [
        LinkEntry(
            event_id=event.pk,
            kind=LinkKind(event.kind),
            at=event.at,
            member_id=event.member_id,
            other_id=event.other_id,
            identifier_kind=IdentifierKind(event.key_kind) if event.key_kind else None,
            identifier_masked=shown.get((event.key_kind, bytes(event.key_hash or b"")), ""),
            source=event.source,
            actor_name=event.actor_name,
            undone=event.pk in undone,
        )
        for event in events
    ]
