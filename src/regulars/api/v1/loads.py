"""Load runs: for keys with the data scope headquarters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpResponse
from ninja import Path, Router

from regulars.api.answers.encoding import encoded
from regulars.api.answers.pages import page
from regulars.api.door.bearer import BearerKey
from regulars.api.door.cursors import key_of
from regulars.api.door.problems import Problem
from regulars.api.types import ApiScope
from regulars.api.v1.route import CursorParam, LimitParam, answer
from regulars.api.v1.schemas.reads import Run, RunPage
from regulars.apps.ingest.queries import newest_runs, run
from regulars.base.errors import NotVisibleError

if TYPE_CHECKING:
    from django.http import HttpRequest

    from regulars.apps.ingest.types import RunLine

router = Router(tags=["loads"], auth=BearerKey(ApiScope.LOADS_READ))
RunId = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/loads", response=RunPage, operation_id="list_loads")
def list_loads(
    request: HttpRequest,  # noqa: ARG001 — ninja passes it
    cursor: CursorParam = None,
    limit: LimitParam = 50,
) -> HttpResponse:
    """Return the load runs, the newest first, page by page."""
    key = key_of(cursor, "loads")
    found = newest_runs(before=int(key[0]) if key else None, limit=limit + 1)
    rows = [encoded(_plain(line)) for line in found[:limit]]
    more = [str(found[limit - 1].run_id)] if len(found) > limit else None
    return answer(page(rows, "loads", more))


@router.get("/loads/{run_id}", response=Run, operation_id="get_load")
def get_load(request: HttpRequest, run_id: RunId) -> HttpResponse:  # noqa: ARG001 — ninja passes it
    """Return one load run."""
    try:
        return answer(encoded(_plain(run(run_id).line)))
    except NotVisibleError:
        raise Problem("not-found") from None


def _plain(line: RunLine) -> dict[str, Any]:
    counts = {name: getattr(line.counts, name) for name in line.counts.__slots__}
    return {
        "run_id": line.run_id,
        "kind": line.kind.value,
        "mapping": line.mapping,
        "table": line.contract,
        "source_file": line.source_file,
        "state": line.state.value,
        "counts": counts,
        "started_at": line.started_at,
        "seconds": line.seconds,
        "error": line.error,
    }
