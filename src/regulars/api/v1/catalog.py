"""Products and stores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from ninja import Router

from regulars.api.answers.pages import Listing
from regulars.api.door.bearer import BearerKey
from regulars.api.door.cursors import key_of
from regulars.api.types import ApiScope
from regulars.api.v1.route import CursorParam, LimitParam, answer, caller_of, there
from regulars.api.v1.schemas.reads import Product, ProductPage, Store, StorePage
from regulars.api.v1.schemas.shapes import Id

if TYPE_CHECKING:
    from django.http import HttpRequest

router = Router(tags=["catalog"], auth=BearerKey(ApiScope.CATALOG_READ))
PRODUCTS = Listing("products", "product_id", tuple(Product.model_fields))
STORES = Listing("stores", "store_id", tuple(Store.model_fields))


@router.get("/products", response=ProductPage, operation_id="list_products")
def list_products(
    request: HttpRequest, cursor: CursorParam = None, limit: LimitParam = 50
) -> HttpResponse:
    """Return the products by id, page by page."""
    return _page(request, PRODUCTS, cursor, limit)


@router.get("/products/{path:product_id}", response=Product, operation_id="get_product")
def get_product(request: HttpRequest, product_id: Id) -> HttpResponse:
    """Return one product."""
    return there(PRODUCTS.one(caller_of(request).data_scope, product_id))


@router.get("/stores", response=StorePage, operation_id="list_stores")
def list_stores(
    request: HttpRequest, cursor: CursorParam = None, limit: LimitParam = 50
) -> HttpResponse:
    """Return the stores of the key's data scope by id, page by page."""
    return _page(request, STORES, cursor, limit)


@router.get("/stores/{path:store_id}", response=Store, operation_id="get_store")
def get_store(request: HttpRequest, store_id: Id) -> HttpResponse:
    """Return one store of the key's data scope."""
    return there(STORES.one(caller_of(request).data_scope, store_id))


def _page(request: HttpRequest, listing: Listing, cursor: str | None, limit: int) -> HttpResponse:
    key = key_of(cursor, listing.table)
    after = key[0] if key else None
    return answer(listing.page(caller_of(request).data_scope, after, limit))
