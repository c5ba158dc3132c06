"""What a source says of its stores, once per store and not once per row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from regulars.apps.ingest.mapping import Target
from regulars.apps.ingest.pipeline.evaluate import Evaluator

SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("store_id", "name", "region_id", "region_name", "zone")]
)


class Stores:
    """The stores met so far, and the zone of each."""

    def __init__(
        self, targets: Sequence[Target], evaluator: Evaluator, *, zones: Mapping[str, str]
    ) -> None:
        self._targets = targets
        self._evaluator = evaluator
        self._met = SCHEMA.empty_table()
        self._zones = pa.table(
            {
                "store_id": pa.array(list(zones), pa.string()),
                "zone": pa.array(list(zones.values()), pa.string()),
            }
        )

    @property
    def met(self) -> pa.Table:
        """What the source says of every store it names (SCHEMA)."""
        return self._met

    def meet(self, store_ids: pa.Array, rows: pa.RecordBatch) -> None:
        """Read what the first row of each new store says of it; leaves the evaluator elsewhere."""
        if not self._targets:
            return
        named = pc.unique(store_ids).drop_null()
        new = named.filter(pc.invert(pc.is_in(named, value_set=self._met["store_id"])))
        if not len(new):
            return
        self._evaluator.begin(rows.take(pc.index_in(new, value_set=store_ids)))
        said = {target.name: self._evaluator.evaluate(target).values for target in self._targets}
        empty = pa.nulls(len(new), pa.string())
        columns = [new, *(said.get(name, empty) for name in SCHEMA.names[1:])]
        fresh = pa.table(columns, schema=SCHEMA)
        self._met = pa.concat_tables([self._met, fresh]).combine_chunks()
        # What the lake holds of a store comes first.
        self._zones = pa.concat_tables([self._zones, fresh.select(["store_id", "zone"])])

    def zones_of(self, store_ids: pa.Array) -> pa.Array:
        """Return each row's zone; null where nobody has said."""
        place = pc.index_in(store_ids, value_set=self._zones["store_id"])
        return self._zones["zone"].combine_chunks().take(place)
