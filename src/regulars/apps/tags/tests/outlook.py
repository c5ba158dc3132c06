"""What models say of the small chain, drawn at random: it is too small to fit any on it."""

from __future__ import annotations

from random import Random
from typing import Any

import pyarrow as pa

from regulars.lake import Lake
from regulars.lake.contracts import Column, contract

_BANDS = ("high", "medium", "low", None)
_DRAWN = {"float64": 0.0, "int64": 1, "string": "", "boolean": False}


def plant(lake: Lake, members: list[str], seed: int = 5) -> None:
    """Replace what value, churn and prices say: every band, probabilities at the bounds, gaps."""
    dice = Random(seed)
    for name, said in _SAID:
        declared = contract(f"features/{name}")
        with lake.snapshot() as snapshot:
            days = snapshot.table("features/rfm")["as_of"].max().to_pyarrow().as_py()
        rows = [
            {one.name: _plain(one, days) for one in declared.columns if not one.nullable}
            | {"member_id": member, "as_of": days, "model_version": "planted"}
            | said(dice)
            for member in members
            if dice.random() < 0.9
        ]
        hidden = ("revision", "gone")
        shown = pa.schema([f for f in declared.arrow_schema if f.name not in hidden])
        with lake.transaction() as transaction:
            table = pa.Table.from_pylist(rows, schema=shown)
            transaction.replace_partition(declared.name, table, partition={"as_of": days})


def _value(dice: Random) -> dict[str, Any]:
    if dice.random() < 0.1:
        return {}
    return {
        "value_band": dice.choice(_BANDS[:3]),
        "clv": dice.randrange(0, 90_000) // 10,
        "p_alive": dice.choice((0.0, 0.5, 0.8, 1.0, dice.random())),
        "p_purchase_30d": dice.choice((0.5, dice.random())),
    }


def _churn(dice: Random) -> dict[str, Any]:
    return {"churn_band": dice.choice(_BANDS), "p_churn": dice.random()}


def _price(dice: Random) -> dict[str, Any]:
    return {"price_band": dice.choice((*_BANDS[:3], "unknown"))}


# By feature table, what the models are to have said.
_SAID = (("value", _value), ("churn", _churn), ("price_sensitivity", _price))


def _plain(column: Column, day: Any) -> Any:
    return day if column.type == "date" else _DRAWN.get(column.type, 0)
