"""Orders: one, by its id. Posting them: ``order_writes``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from ninja import Router

from regulars.api.answers.encoding import encoded
from regulars.api.answers.orders import whole_order
from regulars.api.door.bearer import BearerKey
from regulars.api.door.problems import Problem
from regulars.api.types import ApiScope
from regulars.api.v1.route import answer, caller_of
from regulars.api.v1.schemas.orders import OrderStanding
from regulars.api.v1.schemas.shapes import Id
from regulars.apps.ingest.queries import posted_order
from regulars.apps.ingest.types import PostState

if TYPE_CHECKING:
    from django.http import HttpRequest

    from regulars.apps.ingest.types import PostedState

router = Router(tags=["orders"])


@router.get(
    "/orders/{path:order_id}",
    response=OrderStanding,
    auth=BearerKey(ApiScope.ORDERS_READ),
    operation_id="get_order",
)
def get_order(request: HttpRequest, order_id: Id) -> HttpResponse:
    """Return how far an order got, and the order with its lines once the lake holds it.

    What another system posted and the lake does not hold yet is not here: 404.
    """
    caller = caller_of(request)
    held = whole_order(caller.data_scope, order_id)
    posted = posted_order(order_id, caller.source)
    if held is None and posted is None:
        raise Problem("not-found", "There is no such order here.")
    head = encoded({"order_id": order_id, **_standing(posted)})
    return answer(head[:-1] + b',"order":' + (held or b"null") + b"}")


def _standing(posted: PostedState | None) -> dict[str, Any]:
    if posted is None:
        state = PostState.LANDED.value
        return {"state": state, "received_at": None, "landed_at": None, "refusals": []}
    return {
        "state": posted.state.value,
        "received_at": posted.received_at,
        "landed_at": posted.landed_at,
        "refusals": [
            {"reason": row.reason, "detail": row.reason_text, "column": row.column}
            for row in posted.refusals
        ],
    }
