"""``post_orders``: orders kept in the ledger, each once, before the call returns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from regulars.apps.accounts.services import vault
from regulars.apps.accounts.types import Sealed
from regulars.apps.ingest.cleaning import SOURCE_LETTERS_MAX
from regulars.apps.ingest.models import PostedOrder
from regulars.apps.ingest.services.inbox import content
from regulars.apps.ingest.types import OrderPost, PostState, Receipt
from regulars.base.errors import RuleError

PURPOSE = "posted order"
ORDERS_MAX = 1_000
_COLUMNS = (
    *("source", "order_id", "digest", "payload_key_id", "payload", "version", "state"),
    *("received_at", "first_row", "row_count"),
)
# A row is replaced by what differs from it, and by nothing else.
_TAKEN = ("digest", "payload_key_id", "payload", "state", "received_at")


def post_orders(orders: Sequence[OrderPost], *, source: str) -> tuple[Receipt, ...]:
    """Keep the orders, all or none, and return a receipt for each in turn.

    When the call returns (inside a transaction: when that is committed), the orders survive the
    end of this process, and of the machine as far as the ledger's commits do; see ADR 16. The same
    order again is a duplicate; another content under its id replaces the first one whole.

    ``source`` names the system that posts, for as long as it posts: an id is that system's.

    Raises:
        RuleError: An order cannot be kept, the batch names one id with two contents or is too
            long, or an id belongs to another source. Nothing was kept.
        VaultError: The vault's keys are missing.
    """
    _check_batch(orders, source)
    texts = [content.written(order) for order in orders]
    digests = vault.keyed_hash_many(texts, PURPOSE)
    first = _first_places(orders, digests)
    # Sorted, so that two batches with the same orders wait for each other and never in a circle.
    chosen = sorted(first.values(), key=lambda place: orders[place].order_id)
    sealed = vault.seal_many([texts[place] for place in chosen], PURPOSE)
    now = timezone.now()
    rows = [
        _row(source, orders[place].order_id, digests[place], box, now)
        for place, box in zip(chosen, sealed, strict=True)
    ]
    with transaction.atomic():
        _check_owner(list(first), source)
        kept = _keep(rows)
        known = _received(set(first) - set(kept), source)
    return tuple(
        _receipt(order.order_id, kept, known, now, again=first[order.order_id] != place)
        for place, order in enumerate(orders)
    )


def waiting_stores(order_ids: Iterable[str], source: str) -> dict[str, str]:
    """Return the store of each order the source posted that waits to land.

    Raises ``VaultError`` when an order was sealed with a key that is gone.
    """
    held = PostedOrder.objects.filter(
        source=source, order_id__in=list(order_ids), state=PostState.PENDING
    )
    waiting = list(held.values_list("order_id", "payload_key_id", "payload"))
    boxes = [Sealed(key_id, bytes(payload)) for _id, key_id, payload in waiting]
    parts = content.rows_of(vault.unseal_many(boxes, PURPOSE))
    return {row[0]: str(lines[0]["store_id"]) for row, lines in zip(waiting, parts, strict=True)}


def _check_batch(orders: Sequence[OrderPost], source: str) -> None:
    if not source or len(source) > SOURCE_LETTERS_MAX:
        raise RuleError(f"a source's name has 1 to {SOURCE_LETTERS_MAX} letters")
    if len(orders) > ORDERS_MAX:
        raise RuleError(f"more than {ORDERS_MAX:,} orders at once", fix="Post them in parts")
    for order in orders:
        content.check(order)


def _first_places(orders: Sequence[OrderPost], digests: Sequence[str]) -> dict[str, int]:
    """Return where each order comes first; one id cannot say two things in one batch."""
    first: dict[str, int] = {}
    for place, order in enumerate(orders):
        known = first.setdefault(order.order_id, place)
        if digests[known] != digests[place]:
            raise RuleError(
                "the batch holds this order twice, with different contents",
                where=f"order {order.order_id}",
                fix="Send the one that counts",
            )
    return first


def _check_owner(order_ids: list[str], source: str) -> None:
    others = PostedOrder.objects.filter(order_id__in=order_ids).exclude(source=source)
    taken = others.values_list("order_id", flat=True).first()
    if taken is not None:
        raise RuleError(
            "another source has posted an order with this id",
            where=f"order {taken}",
            fix="Order ids are unique over all sources: put the system's name in front",
        )


def _row(source: str, order_id: str, digest: str, box: Sealed, now: datetime) -> tuple[Any, ...]:
    at = connection.ops.adapt_datetimefield_value(now)
    pending = PostState.PENDING.value
    return (source, order_id, digest, box.key_id, box.ciphertext, 1, pending, at, 0, 0)


def _keep(rows: Sequence[Sequence[Any]]) -> dict[str, int]:
    """Write what is new or differs, in one statement; return those orders' versions by id."""
    if not rows:
        return {}
    quote = connection.ops.quote_name
    table = quote(PostedOrder._meta.db_table)  # noqa: SLF001 Django documents _meta as its interface
    names = ", ".join(quote(name) for name in _COLUMNS)
    marks = ", ".join([f"({', '.join(['%s'] * len(_COLUMNS))})"] * len(rows))
    taken = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in _TAKEN)
    statement = (
        f"INSERT INTO {table} ({names}) VALUES {marks} "  # noqa: S608 values are bound
        f"ON CONFLICT (source, order_id) DO UPDATE SET {taken}, version = {table}.version + 1 "
        f"WHERE {table}.digest <> excluded.digest RETURNING order_id, version"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for row in rows for value in row])
        return dict(cursor.fetchall())


def _received(order_ids: set[str], source: str) -> dict[str, datetime]:
    held = PostedOrder.objects.filter(source=source, order_id__in=order_ids)
    return dict(held.values_list("order_id", "received_at"))


def _receipt(
    order_id: str,
    kept: dict[str, int],
    known: dict[str, datetime],
    now: datetime,
    *,
    again: bool,
) -> Receipt:
    if order_id not in kept:
        return Receipt(order_id, "duplicate", known[order_id])
    if again:
        return Receipt(order_id, "duplicate", now)
    return Receipt(order_id, "accepted" if kept[order_id] == 1 else "replaced", now)
