"""RFM of the demo's members: Regulars, pandas and Polars from the same files, equal results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]  # publishes no types
import polars as pl
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.harness import Measurement, measured
from benchmarks.lakes.demo import BUSINESS_DATE, files_of, loaded_lake, scanned
from regulars.science import rfm

COLUMNS = ["member_id", "business_date", "net_amount"]
FIRST = BUSINESS_DATE - timedelta(days=365)
LEVELS = 5


def measurements() -> Sequence[Measurement]:
    lake, files = loaded_lake(), files_of("orders")
    with lake.snapshot() as snapshot:
        orders = snapshot.table("orders")
        rows = orders.count().to_pyarrow().as_py()
        ours, first = measured(
            "Regulars", lambda: rfm.score(orders, as_of=BUSINESS_DATE).to_pyarrow(), rows=rows
        )
    pandas_rows, second = measured("pandas", lambda: with_pandas(files), rows=rows)
    polars_rows, third = measured("Polars", lambda: with_polars(files), rows=rows)
    _, limit = measured(
        "DuckDB scan", lambda: scanned(files, tuple(COLUMNS)), rows=rows, note="the limit"
    )
    wanted = sorted(
        (r["member_id"], r["recency_days"], r["frequency"], int(r["monetary"] * 100),
         r["r_score"], r["f_score"], r["m_score"], r["rfm_group"])
        for r in ours.to_pylist()
    )  # fmt: skip
    if not wanted == as_rows(pandas_rows.to_dict("list")) == as_rows(polars_rows.to_dict()):
        raise SystemExit("the contenders do not agree")
    return [first, second, third, limit]


def as_rows(columns: Mapping[str, Iterable[Any]]) -> list[tuple[object, ...]]:
    names = ("member_id", "recency", "often", "cents", "r", "f", "m", "group")
    return sorted(zip(*(list(columns[name]) for name in names), strict=True))


def with_pandas(files: list[str]) -> pd.DataFrame:
    table = pq.read_table(files, columns=COLUMNS, partitioning=None)
    cents = pc.multiply(table.column("net_amount"), 100).cast("int64")
    frame = pd.DataFrame(
        {
            "member_id": table.column("member_id").to_pandas(),
            "day": table.column("business_date").cast("timestamp[s]").to_pandas(),
            "cents": cents.to_pandas(),
        }
    )
    frame = frame[
        (frame["day"] >= pd.Timestamp(FIRST)) & (frame["day"] < pd.Timestamp(BUSINESS_DATE))
    ]
    buyers = frame.groupby("member_id", as_index=False).agg(
        last=("day", "max"), often=("day", "size"), cents=("cents", "sum")
    )
    buyers["recency"] = (pd.Timestamp(BUSINESS_DATE) - buyers["last"]).dt.days
    chances = np.arange(1, LEVELS) / LEVELS
    passed = {
        name: np.searchsorted(np.quantile(buyers[name], chances), buyers[name])
        for name in ("recency", "often", "cents")
    }
    buyers["r"] = LEVELS - passed["recency"]
    buyers["f"], buyers["m"] = 1 + passed["often"], 1 + passed["cents"]
    recent = buyers["recency"] < buyers["recency"].mean()
    often = buyers["often"] > buyers["often"].mean()
    much = buyers["cents"] > buyers["cents"].mean()
    name = np.select(
        [recent & often, recent & ~often, ~recent & often], ["value", "develop", "keep"], "winback"
    )
    buyers["group"] = np.where(much, "important_", "general_") + name.astype(object)
    return buyers


def with_polars(files: list[str]) -> pl.DataFrame:
    day = pl.col("business_date")
    buyers = (
        pl.scan_parquet(files, hive_partitioning=False)
        .filter(day >= FIRST, day < BUSINESS_DATE, pl.col("member_id").is_not_null())
        .group_by("member_id")
        .agg(
            recency=(pl.lit(BUSINESS_DATE) - day.max()).dt.total_days(),
            often=pl.len().cast(pl.Int64),
            cents=(pl.col("net_amount").sum() * 100).cast(pl.Int64),
        )
    )

    def passed(name: str) -> pl.Expr:
        value = pl.col(name)
        cuts = (value.quantile(k / LEVELS, interpolation="linear") for k in range(1, LEVELS))
        return pl.sum_horizontal([(value > cut).cast(pl.Int64) for cut in cuts])

    recent = pl.col("recency") < pl.col("recency").mean()
    often = pl.col("often") > pl.col("often").mean()
    much = pl.col("cents") > pl.col("cents").mean()
    return buyers.with_columns(
        r=LEVELS - passed("recency"),
        f=1 + passed("often"),
        m=1 + passed("cents"),
        group=pl.when(much).then(pl.lit("important_")).otherwise(pl.lit("general_"))
        + pl.when(recent & often)
        .then(pl.lit("value"))
        .when(recent)
        .then(pl.lit("develop"))
        .when(often)
        .then(pl.lit("keep"))
        .otherwise(pl.lit("winback")),
    ).collect()
