"""Orders posted: one, or up to a thousand at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.http import HttpResponse
from ninja import Router

from regulars.api.answers.encoding import encoded
from regulars.api.door.bearer import BearerKey, Caller
from regulars.api.door.problems import Problem
from regulars.api.types import ApiScope
from regulars.api.v1.once import once
from regulars.api.v1.places import holds_store, orders_outside
from regulars.api.v1.route import IdempotencyParam, answer, caller_of
from regulars.api.v1.schemas.orders import BatchReceipt, PostedBatch, PostedOrder, Receipt
from regulars.apps.ingest import types
from regulars.apps.ingest.services.inbox import post_orders as keep_orders
from regulars.base.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

WRITE = BearerKey(ApiScope.ORDERS_WRITE)
router = Router(tags=["orders"])
Item = dict[str, Any]
_NO_STORE = "There is no such store here."
_NO_ORDER = "An order with this id is there, outside the key's data scope."


@router.post("/orders", response={202: Receipt}, auth=WRITE, operation_id="post_order")
def post_order(
    request: HttpRequest, order: PostedOrder, idempotency_key: IdempotencyParam = None
) -> HttpResponse:
    """Keep one order: durable with this answer, in the lake a moment later.

    The same order again is a duplicate and changes nothing; another content under the same id is
    a correction, whole.
    """
    caller = caller_of(request)
    if not holds_store(caller.data_scope, order.store_id):
        raise Problem("not-found", _NO_STORE)

    def write() -> HttpResponse:
        if orders_outside(caller.data_scope, [order.order_id], caller.source):
            raise Problem("not-found", _NO_ORDER)
        (receipt,) = keep_orders([_post(order)], source=caller.source)
        return answer(
            encoded(_item(receipt)),
            status=202,
            location=f"/api/v1/orders/{quote(order.order_id, safe='')}",
        )

    return once(request, idempotency_key, write)


@router.post("/orders/batch", response=BatchReceipt, auth=WRITE, operation_id="post_orders")
def post_orders(
    request: HttpRequest, batch: PostedBatch, idempotency_key: IdempotencyParam = None
) -> HttpResponse:
    """Keep up to 1,000 orders, each by itself: one that is refused does not hold up the others."""
    caller = caller_of(request)

    def write() -> HttpResponse:
        return answer(encoded({"items": _kept(batch.orders, caller)}))

    return once(request, idempotency_key, write)


def _kept(orders: Sequence[PostedOrder], caller: Caller) -> list[Item]:
    scope = caller.data_scope
    strange = orders_outside(scope, [order.order_id for order in orders], caller.source)
    why = [
        _NO_ORDER
        if order.order_id in strange
        else ("" if holds_store(scope, order.store_id) else _NO_STORE)
        for order in orders
    ]
    mine = [_post(order) for order, refused in zip(orders, why, strict=True) if not refused]
    results = iter(_together(mine, caller.source))
    return [
        _refused(order.order_id, refused) if refused else next(results)
        for order, refused in zip(orders, why, strict=True)
    ]


def _together(orders: Sequence[types.OrderPost], source: str) -> list[Item]:
    """Keep the orders at once; where one is refused, the halves without it go on."""
    if not orders:
        return []
    try:
        return [_item(receipt) for receipt in keep_orders(orders, source=source)]
    except RuleError as error:
        if len(orders) == 1:
            return [_refused(orders[0].order_id, f"{error.what}. {error.fix}".strip(" ."))]
    half = len(orders) // 2
    return _together(orders[:half], source) + _together(orders[half:], source)


def _post(order: PostedOrder) -> types.OrderPost:
    return types.OrderPost(
        order_id=order.order_id,
        store_id=order.store_id,
        ordered_at=order.ordered_at,
        channel=order.channel,
        lines=tuple(
            types.OrderLinePost(
                line_no=line.line_no,
                product_id=line.product_id,
                quantity=line.quantity,
                net_amount=line.net_amount,
                discount_amount=line.discount_amount,
                coupon_amount=line.coupon_amount,
                list_amount=line.list_amount,
            )
            for line in order.lines
        ),
        staff_id=order.staff_id,
        identifiers=tuple(
            types.IdentifierPost(one.kind, one.value, one.verified) for one in order.identifiers
        ),
        currency=order.currency,
    )


def _item(receipt: types.Receipt) -> Item:
    return {
        "order_id": receipt.order_id,
        "state": receipt.state,
        "received_at": receipt.received_at,
    }


def _refused(order_id: str, why: str) -> Item:
    return {"order_id": order_id, "state": "refused", "received_at": None, "detail": why}
