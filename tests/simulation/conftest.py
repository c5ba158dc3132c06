"""One small chain, simulated once, and how tests read it: with Polars and the standard library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from regulars.science.simulation import SimulationOptions, simulate

MEMBERS, MONTHS, SEED = 5_000, 24, 11
FIRST_DAY, UNTIL = date(2023, 7, 1), date(2025, 7, 1)


@dataclass(frozen=True)
class SimulatedChain:
    """A simulated folder, its files as frames."""

    folder: Path

    def truth(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.folder / "truth" / f"{name}.parquet")

    def csv(self, name: str, *, encoding: str = "utf-8") -> pl.DataFrame:
        text = (self.folder / "raw" / name).read_text(encoding=encoding)
        return pl.read_csv(text.encode(), infer_schema_length=0)

    def months(self, pattern: str) -> list[Path]:
        return sorted((self.folder / "raw").glob(pattern))

    @cached_property
    def lines(self) -> pl.DataFrame:
        """The lines of every channel: order_id, line, sku, store, quantity, money, local time."""
        return pl.concat([self._till(), self._web(), self._miniprogram()])

    def _till(self) -> pl.DataFrame:
        parts = [
            self.csv(f"pos/{path.name}", encoding="gb18030")
            for path in self.months("pos/orders_*.csv")
        ]
        return pl.concat(parts).select(
            order_id="订单号",
            line=pl.col("行号").cast(pl.Int64),
            channel=pl.lit("pos"),
            sku="商品编码",
            quantity=pl.col("数量").cast(pl.Int64),
            listed=cents("吊牌金额"),
            discount=cents("优惠金额"),
            coupon=cents("券金额"),
            paid=cents("实付金额"),
            at=pl.col("交易时间").str.to_datetime(time_unit="us"),
        )

    def _web(self) -> pl.DataFrame:
        parts = [pl.read_ndjson(path) for path in self.months("web/orders_*.jsonl")]
        whole = pl.concat(parts)
        names = {"listed": "list_amount", "discount": "discount", "coupon": "coupon"}
        return whole.select(
            "order_id",
            "line",
            pl.lit("web").alias("channel"),
            "sku",
            "quantity",
            *(
                (pl.col(name) * 100).round().cast(pl.Int64).alias(as_name)
                for as_name, name in {**names, "paid": "paid"}.items()
            ),
            at=pl.col("placed_at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us")
            + pl.duration(hours=8),
        )

    def _miniprogram(self) -> pl.DataFrame:
        parts = [pl.read_parquet(path) for path in self.months("miniprogram/orders_*.parquet")]
        return pl.concat(parts).select(
            "order_id",
            pl.col("line_no").cast(pl.Int64).alias("line"),
            pl.lit("miniprogram").alias("channel"),
            "sku",
            pl.col("quantity").cast(pl.Int64),
            *(
                (pl.col(f"{name}_amount") * 100).cast(pl.Int64).alias(as_name)
                for as_name, name in (
                    *(("listed", "list"), ("discount", "discount")),
                    *(("coupon", "coupon"), ("paid", "paid")),
                )
            ),
            at=pl.col("created_at").dt.replace_time_zone(None).dt.cast_time_unit("us")
            + pl.duration(hours=8),
        )


def cents(column: str) -> pl.Expr:
    """The amount of a text such as 12.05, in cents; the text must have two places."""
    return pl.col(column).str.extract(r"^(\d+\.\d\d)$").str.replace(".", "", literal=True).cast(
        pl.Int64
    )  # fmt: skip


def floats(frame: pl.DataFrame, column: str) -> npt.NDArray[np.float64]:
    """A column as numbers: what statistics need, and what type checkers can follow."""
    return np.asarray(frame[column].cast(pl.Float64).to_numpy(), dtype=np.float64)


@pytest.fixture(scope="session")
def chain(tmp_path_factory: pytest.TempPathFactory) -> SimulatedChain:
    folder = tmp_path_factory.mktemp("chain") / "out"
    simulate(SimulationOptions(members=MEMBERS, months=MONTHS, seed=SEED), folder)
    return SimulatedChain(folder)
