"""Key figures and RFM cells."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

from django.http import HttpResponse
from ninja import Query, Router

from regulars.api.answers import figures
from regulars.api.answers.figures import Period
from regulars.api.door.bearer import BearerKey
from regulars.api.types import ApiScope
from regulars.api.v1.route import caller_of, there
from regulars.api.v1.schemas.reads import KeyFigures, RfmCells
from regulars.api.v1.schemas.shapes import Id

if TYPE_CHECKING:
    from django.http import HttpRequest

router = Router(tags=["figures"], auth=BearerKey(ApiScope.FIGURES_READ))
AsOf = Annotated[
    date | None,
    Query(
        None,
        ge=date(1990, 1, 1),
        le=date(2200, 1, 1),
        description="facts before this date count; the newest business date if absent",
    ),
]


@router.get("/kpis", response=KeyFigures, operation_id="get_kpis")
def get_kpis(
    request: HttpRequest,
    as_of: AsOf = None,
    period: Annotated[Period, Query("month", description="1, 7, 30 or 365 days")] = "month",
    store_id: Annotated[Id | None, Query(None, description="only this store")] = None,
) -> HttpResponse:
    """Return the key figures of the days before ``as_of``, within the key's data scope.

    With a store: of the orders in it, and of the members at home there. 404 outside the scope,
    and while there are no orders.
    """
    scope = caller_of(request).data_scope
    return there(figures.key_figures(scope, as_of=as_of, period=period, store_id=store_id))


@router.get("/rfm-cells", response=RfmCells, operation_id="list_rfm_cells")
def list_rfm_cells(request: HttpRequest, as_of: AsOf = None) -> HttpResponse:
    """Return how many members have which RFM scores, and what they spent; 404 without that date."""
    return there(figures.rfm_cells(caller_of(request).data_scope, as_of=as_of))
