# %% [markdown]
# # RFM: who are your regulars?
#
# Three questions about every member: how **recently** did they buy, how **frequently**, and for
# how much **money**? This notebook scores a small tea shop's members and puts each of them into
# one of eight groups. It needs nothing but `regulars`.

# %%
from datetime import date, timedelta
from decimal import Decimal

import ibis
import pyarrow as pa

from regulars.science import rfm
from regulars.science.rfm import RfmOptions

# %% [markdown]
# A few members with different habits. An order needs a member, a business date (the date in the
# shop's own zone) and the net amount.

# %%
HABITS = {  # name: (first day, last day, every so many days, amount)
    "Mei, every week": (0, 363, 7, "42.00"),
    "Bo, every week, long gone": (0, 180, 7, "42.00"),
    "Lan, twice, dearly": (150, 350, 200, "900.00"),
    "Tao, one tea last week": (357, 358, 30, "18.00"),
    "Yu, one tea in spring": (60, 61, 30, "18.00"),
}
NEW_YEAR = date(2024, 1, 1)
rows = [
    {"member_id": name, "business_date": NEW_YEAR + timedelta(days=day), "net_amount": Decimal(net)}
    for name, (first, last, step, net) in HABITS.items()
    for day in range(first, last + 1, step)
]
schema = pa.schema(
    {"member_id": pa.string(), "business_date": pa.date32(), "net_amount": pa.decimal128(18, 2)}
)
orders = ibis.memtable(pa.Table.from_pylist(rows, schema=schema))
print(f"{len(rows)} orders of {len(HABITS)} members")

# %% [markdown]
# Every computation has an explicit `as_of`: it knows what happened *before* that date and nothing
# else. Ask again tomorrow for a date in the past and the answer is the same.

# %%
AS_OF = date(2024, 12, 31)
scored = rfm.score(orders, as_of=AS_OF)
for row in scored.order_by("member_id").to_pyarrow().to_pylist():
    print(
        f"{row['member_id']:26} {row['recency_days']:3} days ago, {row['frequency']:2} orders,"
        f" {row['monetary']:>8}  R{row['r_score']} F{row['f_score']} M{row['m_score']}"
        f"  {row['rfm_group']}"
    )

# %% [markdown]
# The group says what to do. *Important* means much money, *general* less. Recent and frequent is
# *value*: keep them happy. Recent but seldom is *develop*: a second reason to come. Frequent but
# long gone is *keep*: call today. Neither is *winback*. All eight are always listed, and they add
# up to the buyers.

# %%
sizes = rfm.group_sizes(scored).to_pyarrow().to_pylist()
for row in sizes:
    print(f"{row['rfm_group']:18} {row['members']} members  {row['sales']:>8}")
assert sum(row["members"] for row in sizes) == len(HABITS)

# %% [markdown]
# ## Your own yardstick
#
# By default a score is the member's place among all buyers (quantiles), and *high* means better
# than their mean. A brand may look at another window, use fewer levels, or compare with the mean
# throughout:

# %%
quarter = rfm.score(
    orders, as_of=AS_OF, options=RfmOptions(window_days=90, method="mean", levels=2)
)
for row in quarter.order_by("member_id").to_pyarrow().to_pylist():
    print(f"{row['member_id']:26} R{row['r_score']} F{row['f_score']} M{row['m_score']}")

# %% [markdown]
# Who has not bought in the window has no row: there is nothing to compare. How equal values,
# means and quantiles are treated to the last digit is in the handbook under *Measures*.
