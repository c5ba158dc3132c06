"""The shipped tags once more, in SQL that shares nothing with them: tag → member_id and value.

``o``, ``l``, ``r``, ``e``, ``k``, ``s``, ``x`` are the orders, order lines, refunds, events,
feedback, sends and redemptions that members had before the date; each has ``ago``, the days from
then to it.
"""

from __future__ import annotations

from regulars.apps.tags.tests.chain import AS_OF
from regulars.apps.tags.tests.outlook_oracles import OUTLOOK
from regulars.apps.tags.tests.preference_oracles import PREFERRED

FACTS = {
    "o": "orders",
    "l": "order_lines",
    "r": "refunds",
    "e": "events",
    "k": "feedback",
    "s": "sends",
    "x": "redemptions",
}


def prepared() -> list[str]:
    """Return the statements that make the views the oracles read."""
    views = [
        f"CREATE VIEW {short} AS SELECT *, DATE '{AS_OF}' - business_date AS ago FROM {name} "
        f"WHERE business_date < DATE '{AS_OF}' AND member_id IS NOT NULL"
        for short, name in FACTS.items()
    ]
    people = (
        f"CREATE VIEW m AS SELECT *, DATE '{AS_OF}' - birth_date AS alive, "
        f"DATE '{AS_OF}' - joined_on AS joined FROM members"
    )
    return [*views, people]


def _yes(query: str) -> str:
    return f"SELECT DISTINCT member_id, 'yes' FROM {query}"


def _per_member(value: str, rows: str) -> str:
    return f"SELECT member_id, {value} FROM {rows} GROUP BY member_id"


def _banded(*bands: tuple[str, str], rows: str) -> str:
    told = " ".join(f"WHEN {test} THEN '{name}'" for name, test in bands)
    return f"SELECT member_id, CASE {told} END FROM {rows}"


def _most(value: str, rows: str, weight: str) -> str:
    return (
        f"SELECT member_id, min(v) FROM (SELECT member_id, {value} AS v, {weight} AS w, "
        f"max({weight}) OVER (PARTITION BY member_id) AS top FROM {rows} "
        f"WHERE {value} IS NOT NULL GROUP BY member_id, {value}) WHERE w = top GROUP BY member_id"
    )


def _end(column: str, way: str) -> str:
    key = "(business_date, ordered_at, order_id)"
    return (
        f"SELECT member_id, {column} FROM o WHERE {key} = (SELECT {way}(ROW{key}) FROM o AS same "
        "WHERE same.member_id = o.member_id)"
    )


def _percentile(low: int, high: int) -> str:
    below = "(SELECT count(*) FROM rfm AS less WHERE less.monetary < rfm.monetary)"
    share = f"100.0 * {below} / (SELECT count(*) FROM rfm)"
    return f"{share} >= {low} AND {share} < {high}"


_YEAR = "o WHERE ago <= 365"
_ONLINE = "channel <> 'pos'"
_AFTER = "({0}.business_date, {0}.{1}) > ({2}.business_date, {2}.{3})"
_GAP = "{0}.business_date - {1}.business_date"


def _follows(first: str, moment: str, then: str, later: str, days: int) -> str:
    return f"{_AFTER.format(then, later, first, moment)} AND {_GAP.format(then, first)} <= {days}"


def _never(first: str, moment: str, days: int, rows: str) -> str:
    order = f"SELECT 1 FROM o WHERE o.member_id = {first}.member_id AND " + _follows(
        first, moment, "o", "ordered_at", days
    )
    return _yes(f"{rows} AND {first}.ago > {days} AND NOT EXISTS ({order})")


BASIC = {
    "gender": "SELECT member_id, gender FROM m",
    "age_band": _banded(
        ("under_18", "alive BETWEEN 1 AND 6574"),
        ("18_24", "alive BETWEEN 6575 AND 9131"),
        ("25_34", "alive BETWEEN 9132 AND 12784"),
        ("35_44", "alive BETWEEN 12785 AND 16436"),
        ("45_54", "alive BETWEEN 16437 AND 20089"),
        ("55_plus", "alive BETWEEN 20090 AND 36500"),
        rows="m",
    ),
    "minor": _yes("m WHERE alive BETWEEN 1 AND 6574"),
    "birthday_month": "SELECT member_id, lpad(month(birth_date)::VARCHAR, 2, '0') FROM m",
    "birthday_soon": _yes(
        f"m WHERE make_date(2024, month(birth_date), 15) - DATE '{AS_OF}' BETWEEN 0 AND 29"
    ),
    "joined_channel": "SELECT member_id, joined_channel FROM m",
    "member_age": _banded(
        ("month", "joined BETWEEN 1 AND 30"),
        ("year", "joined BETWEEN 31 AND 365"),
        ("three_years", "joined BETWEEN 366 AND 1095"),
        ("longer", "joined > 1095"),
        rows="m",
    ),
    "new_member": _yes("m WHERE joined BETWEEN 1 AND 30"),
    "bought_on_joining": _yes(
        "o JOIN m USING (member_id) WHERE business_date >= joined_on "
        "AND business_date < joined_on + 30"
    ),
    "joined_without_order": _yes("m ANTI JOIN o USING (member_id)"),
    "home_store": "SELECT member_id, home_store_id FROM m",
    "home_region": "SELECT member_id, region_id FROM m, stores WHERE store_id = home_store_id",
    "has_guide": "SELECT member_id, CASE WHEN guide_id IS NULL THEN 'no' ELSE 'yes' END FROM m",
}
PURCHASING_POWER = {
    "spend_lifetime": _per_member("sum(net_amount)", "o"),
    "spend_365d": _per_member("sum(net_amount)", _YEAR),
    "spend_90d": _per_member("sum(net_amount)", "o WHERE ago <= 90"),
    "spending_band": _banded(
        ("top_10", _percentile(90, 100)),
        ("next_15", _percentile(75, 90)),
        ("next_25", _percentile(50, 75)),
        ("lower_half", _percentile(0, 50)),
        rows="rfm",
    ),
    "average_order": _per_member("avg(net_amount)", _YEAR),
    "largest_order": _per_member("max(net_amount)", _YEAR),
    "basket_size": _per_member("avg(item_count)", _YEAR),
    "basket_variety": _per_member("avg(line_count)", _YEAR),
    "large_basket": _yes("o WHERE ago <= 90 AND item_count > 19"),
    "item_price": _per_member("sum(net_amount) / sum(item_count)", _YEAR),
    "discount_share": _per_member("sum(discount_amount) / sum(list_amount)", _YEAR),
    "discount_dependence": _banded(
        ("high", "d * 10 >= 3 * l"),
        ("medium", "d * 10 >= l"),
        ("low", "true"),
        rows=f"(SELECT member_id, sum(discount_amount) AS d, sum(list_amount) AS l FROM {_YEAR} "
        "GROUP BY member_id)",
    ),
    "coupon_share": _per_member("avg((coupon_amount > 0)::INTEGER)", _YEAR),
    "coupon_user": _yes(f"{_YEAR} AND coupon_amount > 0"),
    "full_price_buyer": "SELECT member_id, 'yes' FROM o WHERE ago <= 365 GROUP BY member_id "
    "HAVING max(discount_amount) <= 0",
}
BEHAVIOUR = {
    "recency_band": _banded(
        ("week", "a <= 7"),
        ("month", "a <= 30"),
        ("quarter", "a <= 90"),
        ("half_year", "a <= 180"),
        ("year", "a <= 365"),
        ("longer", "true"),
        rows="(SELECT member_id, min(ago) AS a FROM o GROUP BY member_id)",
    ),
    "frequency_band": _banded(
        ("weekly", "n > 51"),
        ("monthly", "n > 11"),
        ("quarterly", "n > 3"),
        ("seldom", "n > 1"),
        ("once", "n = 1"),
        rows=f"(SELECT member_id, count(*) AS n FROM {_YEAR} GROUP BY member_id)",
    ),
    "orders_90d": _per_member("count(*)", "o WHERE ago <= 90"),
    "active_days_365d": _per_member("count(DISTINCT business_date)", _YEAR),
    "repeat_buyer": "SELECT m.member_id, CASE count(order_id) WHEN 0 THEN 'none' WHEN 1 "
    "THEN 'single' ELSE 'repeat' END FROM m LEFT JOIN o USING (member_id) GROUP BY ALL",
    "second_order_in_30d": _yes(
        "o AS a WHERE ago <= 365 AND EXISTS (SELECT 1 FROM o AS b WHERE b.member_id = a.member_id "
        f"AND {_follows('a', 'ordered_at', 'b', 'ordered_at', 30)})"
    ),
    "slowing_down": "SELECT member_id, 'yes' FROM o WHERE ago <= 180 GROUP BY member_id "
    "HAVING count(*) > 3 AND min(ago) > 60",
    "first_channel": _end("channel", "min"),
    "last_channel": _end("channel", "max"),
    "first_store": _end("store_id", "min"),
    "last_store": _end("store_id", "max"),
    "stores_visited": _per_member("count(DISTINCT store_id)", _YEAR),
    "returner": _yes("r WHERE ago <= 365"),
    "refund_share": "SELECT member_id, coalesce(back, 0) / bought FROM (SELECT member_id, "
    f"sum(net_amount) AS bought FROM {_YEAR} GROUP BY ALL) LEFT JOIN (SELECT member_id, "
    "sum(amount) AS back FROM r WHERE ago <= 365 GROUP BY ALL) USING (member_id)",
    "gave_feedback": _yes("k WHERE ago <= 365"),
    "dissatisfied": _yes("k WHERE ago <= 180 AND rating < 3"),
    "promoter": "SELECT member_id, 'yes' FROM (SELECT member_id, rating, row_number() OVER "
    "(PARTITION BY member_id ORDER BY business_date DESC, given_at DESC, feedback_id DESC) AS n "
    "FROM k WHERE rating IS NOT NULL) WHERE n = 1 AND rating = 5",
}
_LINES = "l JOIN products USING (product_id) WHERE ago <= 365"
PREFERENCE = {
    "top_department": _most("department", f"(SELECT * FROM {_LINES})", "sum(net_amount)"),
    "top_category": _most("category", f"(SELECT * FROM {_LINES})", "sum(net_amount)"),
    "top_brand": _most("brand", f"(SELECT * FROM {_LINES})", "sum(net_amount)"),
    "categories_bought": _per_member(
        "count(DISTINCT category)", f"{_LINES} AND category IS NOT NULL"
    ),
    "variety_seeker": f"SELECT member_id, 'yes' FROM {_LINES} GROUP BY member_id "
    "HAVING count(DISTINCT category) > 19",
    "top_channel": _most("channel", f"(SELECT * FROM {_YEAR})", "count(*)"),
    "top_store": _most("store_id", f"(SELECT * FROM {_YEAR})", "count(*)"),
    "weekend_share": _per_member("avg((dayofweek(business_date) IN (0, 6))::INTEGER)", _YEAR),
    "daypart": _most(
        "part",
        "(SELECT member_id, CASE WHEN h >= 18 THEN 'evening' WHEN h >= 14 THEN 'afternoon' "
        "WHEN h >= 11 THEN 'noon' ELSE 'morning' END AS part FROM (SELECT member_id, "
        "extract(hour FROM ordered_at AT TIME ZONE zone) AS h FROM o JOIN stores USING (store_id) "
        "WHERE ago <= 365))",
        "count(*)",
    ),
}
VALUE_AND_RISK = {
    "rfm_group": "SELECT member_id, rfm_group FROM rfm",
    "important": _yes("rfm WHERE substr(rfm_group, 1, 9) = 'important'"),
    "top_spender": _yes(f"rfm WHERE {_percentile(80, 100)}"),
    "value_level": _banded(
        ("high", "least(m_score, f_score) > 3"),
        ("medium", "greatest(m_score, f_score) > 2"),
        ("low", "true"),
        rows="rfm",
    ),
    "lifecycle_stage": "SELECT member_id, lifecycle_stage FROM life",
    "stage_changed": _yes(f"life WHERE DATE '{AS_OF}' - entered_on BETWEEN 1 AND 30"),
    "came_back": _yes(f"life WHERE DATE '{AS_OF}' - returned_on BETWEEN 1 AND 90"),
    "dormant_now": _yes("life WHERE lifecycle_stage = 'dormant'"),
    "lost": _yes("life WHERE lifecycle_stage = 'churned'"),
    "one_time_lapsed": _yes(
        "life WHERE order_count = 1 AND lifecycle_stage IN ('churned', 'dormant')"
    ),
    "save_first": _yes(
        "rfm JOIN life USING (member_id) WHERE rfm_group IN ('important_keep', "
        "'important_winback') AND lifecycle_stage <> 'churned'"
    ),
    "refund_risk": f"SELECT member_id, 'yes' FROM ({BEHAVIOUR['refund_share']}) AS t(member_id, v) "
    "WHERE v * 5 >= 1",
}
OMNICHANNEL = {
    "channel_kind": _banded(
        ("both", "p AND n"),
        ("shop", "p"),
        ("online", "n"),
        rows="(SELECT member_id, bool_or(channel = 'pos') AS p, bool_or(channel <> 'pos') AS n "
        f"FROM {_YEAR} GROUP BY member_id)",
    ),
    "online_share": _per_member(f"avg(({_ONLINE})::INTEGER)", _YEAR),
    "channels_used": _per_member("count(DISTINCT channel)", _YEAR),
    "miniprogram_buyer": _yes(f"{_YEAR} AND channel = 'miniprogram'"),
    "app_buyer": _yes(f"{_YEAR} AND channel = 'app'"),
    "online_first": _yes(f"({_end('channel', 'min')}) WHERE {_ONLINE}"),
    "shop_then_online": _yes(
        "o AS a WHERE ago <= 365 AND channel = 'pos' AND EXISTS (SELECT 1 FROM o AS b WHERE "
        f"b.member_id = a.member_id AND b.{_ONLINE} AND "
        f"{_follows('a', 'ordered_at', 'b', 'ordered_at', 30)})"
    ),
    "online_active": _yes("e WHERE ago <= 30"),
    "events_30d": _per_member("count(*)", "e WHERE ago <= 30"),
    "cart_abandoner": _never("e", "occurred_at", 3, "e WHERE ago <= 30 AND event = 'add_to_cart'"),
    "looks_then_buys": _yes(
        "e WHERE ago <= 90 AND EXISTS (SELECT 1 FROM o WHERE o.member_id = e.member_id AND "
        f"channel = 'pos' AND {_follows('e', 'occurred_at', 'o', 'ordered_at', 7)})"
    ),
    "reached_30d": _yes("s WHERE ago <= 30"),
    "redeemer": _yes("x WHERE ago <= 180"),
    "reach_without_return": _never("s", "sent_at", 14, "s WHERE ago <= 60"),
}
ORACLES = {
    **BASIC,
    **PURCHASING_POWER,
    **BEHAVIOUR,
    **PREFERENCE,
    **PREFERRED,
    **VALUE_AND_RISK,
    **OMNICHANNEL,
    **OUTLOOK,
}
