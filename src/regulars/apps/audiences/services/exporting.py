"""The members an expansion found, as hashes that only this installation can resolve."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from regulars.apps.accounts.queries import scoped
from regulars.apps.accounts.services import audit, vault
from regulars.apps.accounts.types import Action, Actor, Capability, DataScope
from regulars.apps.audiences.queries import expansion, found_members
from regulars.apps.audiences.services.asking import demand_everybody
from regulars.base.errors import RuleError
from regulars.lake import Lake

PURPOSE = "look-alike export"
_ROWS = 20_000


def hashed_lines(actor: Actor, lake: Lake, run_id: str, *, similarity_min: float) -> Iterator[str]:
    """Yield CSV: a header, then member_hash and similarity, the most alike first.

    A hash is HMAC-SHA256 of the member id under the installation's look-up key: the same member has
    the same one in every export, so answers can be matched again here, and nowhere else.

    Raises:
        NotVisibleError: There is no such expansion, or the actor does not see every member.
        RefusedError: The actor may not export.
        RuleError: The expansion is not done.
    """
    demand_everybody(actor, Capability.EXPORT)
    if expansion(run_id).report is None:
        raise RuleError("the expansion is not done", where="look-alikes", fix="Wait until it is")
    with lake.snapshot() as snapshot:
        whole = scoped(snapshot, DataScope("hq"))
        found = found_members(whole, run_id, similarity_min=similarity_min)
        rows = found.order_by("position").to_pyarrow()
    audit.record(
        actor,
        Action.EXPORT,
        object_kind="look_alike",
        object_id=run_id,
        detail={"format": "csv", "similarity_min": similarity_min, "members": rows.num_rows},
    )
    return _lines(rows.to_batches(max_chunksize=_ROWS))


def _lines(batches: list[pa.RecordBatch]) -> Iterator[str]:
    yield "member_hash,similarity\r\n"
    for batch in batches:
        held = batch.to_pydict()
        hashes = vault.keyed_hash_many(held["member_id"], PURPOSE)
        pairs = zip(hashes, held["similarity"], strict=True)
        yield "".join(f"{digest},{similarity:.2f}\r\n" for digest, similarity in pairs)
