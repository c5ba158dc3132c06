"""The facts of a simulated chain beside the truth, for models to be tried on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.base.errors import UnknownTableError
from regulars.science.simulation.lake_side.marketing import (
    campaigns_table,
    prices_table,
    redemptions_table,
    sends_rows,
)
from regulars.science.simulation.lake_side.people import members_table, products_table
from regulars.science.simulation.lake_side.trade import (
    events_table,
    lines_table,
    orders_table,
    refunds_table,
)
from regulars.science.simulation.options import SimulationOptions
from regulars.science.simulation.output.orders import order_ids
from regulars.science.simulation.output.truth import people_table, sends_table
from regulars.science.simulation.people.natures import chunks_of
from regulars.science.simulation.trade.history import History, history_of
from regulars.science.simulation.world.everything import World, world_of


@dataclass(frozen=True, slots=True)
class SimulatedFacts:
    """A chain in memory.

    Attributes:
        tables: The lake's facts and dimensions by name, with the columns that science reads.
            A member's id is ``M`` and the number of the person; guests and passers-by have none.
        people: What is true of each person (``truth/people.parquet``), with member_id.
        sends: Whom each campaign chose, and what a message would do (``truth/sends.parquet``).
    """

    tables: Mapping[str, pa.Table]
    people: pa.Table
    sends: pa.Table

    def table(self, name: str) -> ir.Table:
        """Return a table as an Ibis expression, as a snapshot of the lake does.

        Raises:
            UnknownTableError: A simulated chain has no such table.
        """
        if name not in self.tables:
            raise UnknownTableError(
                f"a simulated chain has no table {name}", fix=f"It has {', '.join(self.tables)}"
            )
        return ibis.memtable(self.tables[name])


def simulated_facts(options: SimulationOptions) -> SimulatedFacts:
    """Return the chain that ``simulate`` writes for these options, its members known rightly.

    Ten thousand members over two years take about a second and 100 MB.
    """
    world = world_of(options)
    parts = [_chunk(world, history_of(world, chunk)) for chunk in range(chunks_of(options.members))]
    whole = {name: pa.concat_tables([part[name] for part in parts]) for name in parts[0]}
    people, sends = whole.pop("people"), whole.pop("chosen")
    whole |= {
        "products": products_table(world),
        "campaigns": campaigns_table(world),
        "prices": prices_table(world),
    }
    return SimulatedFacts(whole, people, sends)


def _chunk(world: World, history: History) -> dict[str, pa.Table]:
    ids = order_ids(history)
    members = members_table(world, history)
    people = people_table(world, history)
    named = pa.concat_arrays([
        members["member_id"].combine_chunks(),
        pa.nulls(people.num_rows - members.num_rows, pa.string()),
    ])  # fmt: skip
    return {
        "members": members,
        "orders": orders_table(history, ids),
        "order_lines": lines_table(history, ids),
        "refunds": refunds_table(history, ids),
        "events": events_table(history),
        "sends": sends_rows(world, history),
        "redemptions": redemptions_table(world, history, ids),
        "people": people.append_column("member_id", named),
        "chosen": sends_table(world, history),
    }
