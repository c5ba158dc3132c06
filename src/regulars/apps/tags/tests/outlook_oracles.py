"""The outlook once more, in SQL: value and churn as planted, rhythm and layers from the orders.

``o`` are the orders that members had before the date, with ``ago`` the days from then to it;
``worth``, ``leaving`` and ``priced`` hold what the models say.
"""

from __future__ import annotations

_DAYS = "(SELECT DISTINCT member_id, ago FROM o)"
_GAPS = (
    "(SELECT member_id, ago - lead(ago) OVER (PARTITION BY member_id ORDER BY ago DESC) AS gap "
    f"FROM {_DAYS})"
)
_RHYTHM = (
    "(SELECT member_id, median(gap) AS days, count(gap) AS gaps FROM "
    f"{_GAPS} WHERE gap IS NOT NULL GROUP BY member_id)"
)
_SPENT = "(SELECT member_id, sum(net_amount) AS spent FROM o WHERE ago <= 365 GROUP BY member_id)"
OUTLOOK = {
    "clv_band": "SELECT member_id, value_band FROM worth",
    "lifetime_value": "SELECT member_id, clv FROM worth",
    "activity_odds": "SELECT member_id, CASE WHEN p_alive < 0.5 THEN 'gone' WHEN p_alive < 0.8 "
    "THEN 'open' WHEN p_alive IS NOT NULL THEN 'active' END FROM worth",
    "buys_in_30d": "SELECT member_id, 'yes' FROM worth WHERE NOT p_purchase_30d < 0.5",
    "churn_risk": "SELECT member_id, churn_band FROM leaving",
    "valuable_at_risk": "SELECT member_id, 'yes' FROM worth JOIN leaving USING (member_id) "
    "WHERE value_band = 'high' AND churn_band <> 'low'",
    "price_sensitivity": "SELECT member_id, CASE WHEN price_band <> 'unknown' THEN price_band END "
    "FROM priced",
    "purchase_rhythm": "SELECT member_id, CASE WHEN days > 90 THEN 'seldom' WHEN days > 30 "
    f"THEN 'quarterly' WHEN days > 7 THEN 'monthly' ELSE 'weekly' END FROM {_RHYTHM}",
    "next_purchase": "SELECT member_id, CASE WHEN late > 30 THEN 'late' WHEN late > 0 "
    "THEN 'overdue' ELSE 'coming' END FROM (SELECT member_id, "
    f"last - 1 - ceil(days) AS late FROM {_RHYTHM} JOIN (SELECT member_id, min(ago) "
    "AS last FROM o GROUP BY member_id) USING (member_id) WHERE gaps >= 2)",
    "stratum": "SELECT member_id, CASE WHEN above * 20 < n THEN 'key' WHEN above * 5 < n "
    "THEN 'main' WHEN above * 2 < n THEN 'ordinary' ELSE 'long_tail' END FROM (SELECT member_id, "
    f"(SELECT count(*) FROM {_SPENT} AS more WHERE more.spent > mine.spent) AS above, "
    f"count(*) OVER () AS n FROM {_SPENT} AS mine)",
}
