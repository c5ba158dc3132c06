# %% [markdown]
# # Key figures: is the chain growing, and who comes back?
#
# Members, sales, average order value, frequency and repurchase rate of a window, each with one
# stated definition, as a whole and split by month and by shop.

# %%
import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa

from regulars.base.business_time import Window
from regulars.science import kpi

# %% [markdown]
# Half a year of a made-up chain with two shops. Every tenth order is a visitor's: it counts as
# sales, but not as anybody's loyalty. Members who joined on a known date say so; for the others
# the first order stands in.

# %%
dice = random.Random(7)
START = date(2024, 1, 1)
orders: list[dict[str, Any]] = []
for number in range(600):
    member = None if number % 10 == 0 else f"m{dice.randrange(80):02}"
    orders.append(
        {
            "order_id": f"o{number}",
            "member_id": member,
            "store_id": dice.choice(["river", "river", "station"]),
            "business_date": START + timedelta(days=dice.randrange(182)),
            "net_amount": Decimal(dice.randrange(800, 9000)) / 100,
            "item_count": dice.randrange(1, 6),
        }
    )
order_table = ibis.memtable(
    pa.Table.from_pylist(
        orders,
        schema=pa.schema(
            {
                "order_id": pa.string(),
                "member_id": pa.string(),
                "store_id": pa.string(),
                "business_date": pa.date32(),
                "net_amount": pa.decimal128(18, 2),
                "item_count": pa.int64(),
            }
        ),
    )
)
joined = [START if number < 20 else None for number in range(80)]
members = ibis.memtable(
    pa.table(
        {
            "member_id": [f"m{number:02}" for number in range(80)],
            "joined_on": pa.array(joined, pa.date32()),
            "home_store_id": ["river"] * 80,
        }
    )
)

# %% [markdown]
# ## One quarter in one row

# %%
SECOND_QUARTER = Window(date(2024, 4, 1), date(2024, 7, 1))
(figures,) = kpi.summary(order_table, members, window=SECOND_QUARTER).to_pyarrow().to_pylist()
for name, value in figures.items():
    print(f"{name:24} {value}")

# %% [markdown]
# Sales are exact to the cent, because amounts are decimals from the till to this page:

# %%
in_quarter = [o for o in orders if SECOND_QUARTER.first <= o["business_date"] < SECOND_QUARTER.end]
assert figures["sales"] == sum(o["net_amount"] for o in in_quarter)
assert figures["orders"] == len(in_quarter)

# %% [markdown]
# The repurchase rate looks only at members who have been *observed* for the whole horizon: of
# those who bought yesterday nobody can say yet whether they return within 30 days.
# `repurchase_base_30d` is how many were observed, and a rate over nobody is empty, not zero: a
# 90-day quarter cannot answer the 365-day question.

# %%
assert figures["repurchase_rate_365d"] is None
print(f"{figures['repurchased_30d']} of {figures['repurchase_base_30d']} came back within 30 days")

# %% [markdown]
# ## Month by month, shop by shop
#
# A month's buyers may come back in a later month: that is why the cohort of each month is
# observed to the end of the window.

# %%
half_year = Window(START, date(2024, 7, 1))
months = kpi.by_period(order_table, members, window=half_year, every="month")
for row in months.to_pyarrow().to_pylist():
    rate = row["repurchase_rate_30d"]
    shown = "too early" if rate is None else f"{rate:.0%}"
    print(f"{row['period_start']:%b} {row['orders']:3} orders {row['sales']:>9}  {shown}")

# %%
for row in kpi.by_store(order_table, members, window=half_year).to_pyarrow().to_pylist():
    print(
        f"{row['store_id']:8} {row['members']} members call it home,"
        f" {row['active_members']} bought there, {row['average_order_value']} per order"
    )

# %% [markdown]
# ## The second order
#
# The step from the first to the second order is where most members are lost.

# %%
(second,) = kpi.second_orders(order_table, window=half_year).to_pyarrow().to_pylist()
print(
    f"{second['second_buyers']} of {second['first_buyers']} first-time buyers came again,"
    f" half of them within {second['days_to_second_median']:.0f} days"
)
