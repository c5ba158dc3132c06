"""Which regions, stores and guides a data scope can name."""

from __future__ import annotations

from django.conf import settings

from regulars.apps.accounts.types import ScopeChoices
from regulars.lake import Lake

CHOICES_MAX = 5_000


def scope_choices() -> ScopeChoices:
    """Return the ids the lake knows, with names, at most 5,000 of a kind."""
    with Lake(settings.REGULARS_LAKE).snapshot() as snapshot:
        stores: list[dict[str, str]] = []
        guides: list[str] = []
        if snapshot.has("stores"):
            columns = snapshot.table("stores").select(
                "store_id", "name", "region_id", "region_name"
            )
            stores = columns.order_by("store_id").limit(CHOICES_MAX).to_pyarrow().to_pylist()
        if snapshot.has("members"):
            ids = snapshot.table("members").select("guide_id").distinct().drop_null()
            guides = (
                ids.order_by("guide_id").limit(CHOICES_MAX).to_pyarrow()["guide_id"].to_pylist()
            )
    regions = {
        row["region_id"]: row["region_name"] or row["region_id"]
        for row in stores
        if row["region_id"]
    }
    return ScopeChoices(
        regions=tuple(sorted(regions.items())),
        stores=tuple((row["store_id"], row["name"] or row["store_id"]) for row in stores),
        guides=tuple((guide_id, guide_id) for guide_id in guides),
    )
