# %% [markdown]
# # Lifecycle: from the first tea to the last
#
# A member starts in **introduction**, grows, becomes **mature**, and one day stays away: first
# **dormant**, then **churned**. This notebook follows four members through a year.

# %%
from datetime import date, timedelta

import ibis
import pyarrow as pa

from regulars.science import lifecycle
from regulars.science.lifecycle import LifecycleRules

# %%
START = date(2024, 1, 1)
DAYS_OF_ORDERS = {
    "Mei": range(5, 360, 10),  # every ten days, all year
    "Bo": range(5, 100, 10),  # the same, until April
    "Lan": [20, 30, 250, 260],  # came, left, and returned
    "Yu": [],  # joined and never bought
}
orders = ibis.memtable(
    pa.table(
        {
            "member_id": [name for name, days in DAYS_OF_ORDERS.items() for _ in days],
            "business_date": pa.array(
                [START + timedelta(days=day) for days in DAYS_OF_ORDERS.values() for day in days],
                pa.date32(),
            ),
        }
    )
)
members = ibis.memtable(
    pa.table(
        {
            "member_id": list(DAYS_OF_ORDERS),
            "joined_on": pa.array([START] * len(DAYS_OF_ORDERS), pa.date32()),
        }
    )
)

# %% [markdown]
# The default rules: growth from the 2nd order, mature from the 6th, dormant after 60 whole days
# without an order, churned after 180. Let us look at the members at the end of every second
# month.

# %%
MONTH_ENDS = [date(2024, month, 1) for month in (2, 4, 6, 8, 10, 12)]
print(f"{'as of':10}", *(f"{name:13}" for name in DAYS_OF_ORDERS))
for as_of in MONTH_ENDS:
    found = lifecycle.stages(orders, members, as_of=as_of).to_pyarrow().to_pylist()
    stage_of = {row["member_id"]: row["lifecycle_stage"] for row in found}
    print(as_of, *(f"{stage_of[name]:13}" for name in DAYS_OF_ORDERS))

# %% [markdown]
# Every member is in exactly one stage, and `entered_on` is the day at whose end it began. Lan
# came back in September: her stage is growth again, since the day of her return.

# %%
for row in lifecycle.stages(orders, members, as_of=date(2024, 10, 1)).to_pyarrow().to_pylist():
    print(f"{row['member_id']:4} {row['lifecycle_stage']:13} since {row['entered_on']}")
    if row["member_id"] == "Lan":
        assert row["lifecycle_stage"] == "growth"
        assert row["entered_on"] == row["returned_on"] == START + timedelta(days=250)

# %% [markdown]
# ## Your own rules
#
# A bakery's members come weekly; two weeks of silence mean something there. A furniture shop
# waits for years. Set the bounds that fit:

# %%
bakery = LifecycleRules(growth_orders=3, mature_orders=20, dormant_days=14, churned_days=45)
staged = lifecycle.stages(orders, members, as_of=date(2024, 10, 1), rules=bakery)
for row in lifecycle.stage_sizes(staged).to_pyarrow().to_pylist():
    print(f"{row['lifecycle_stage']:13} {row['members']}")
