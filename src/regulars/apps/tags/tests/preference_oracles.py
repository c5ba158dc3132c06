"""Preferences once more, in SQL that shares nothing with them: tag → member_id and value.

``o`` and ``l`` are the orders and lines that members had before the date, with ``ago`` the days
from then to it, as in `oracles`.
"""

from __future__ import annotations

_LINES = "(SELECT * FROM l JOIN products USING (product_id) WHERE ago <= 365)"
_ORDERS = (
    "(SELECT *, extract(hour FROM ordered_at AT TIME ZONE zone) AS local_hour "
    "FROM o JOIN stores USING (store_id) WHERE ago <= 365)"
)


def _preferred(option: str, rows: str) -> str:
    """Write out the index, with the strength by the two sums that decide it."""
    return f"""
        WITH picked AS (
            SELECT member_id, {option} AS v, business_date AS d FROM {rows}
            WHERE {option} IS NOT NULL
        ),
        cell AS (
            SELECT member_id, v, count(*) AS n, count(DISTINCT d) AS days FROM picked GROUP BY ALL
        ),
        person AS (SELECT member_id, count(*) AS total FROM picked GROUP BY ALL),
        usual AS (SELECT v, count(*) / (SELECT count(*) FROM picked) AS p FROM picked GROUP BY v),
        square AS (
            SELECT sum((coalesce(n, 0) - total * p) ** 2) AS apart
            FROM person CROSS JOIN usual LEFT JOIN cell USING (member_id, v)
        ),
        size AS (
            SELECT sum(total) AS one, sum(total ** 2) AS two,
                1 - (SELECT sum(p * p) FROM usual) AS u
            FROM person
        ),
        weight AS (
            SELECT CASE WHEN apart <= one * u THEN 1000
                ELSE round(least(greatest((two * u - apart) / (apart - one * u), 1), 1000), 4)
                END AS k
            FROM square, size
        ),
        scored AS (
            SELECT member_id, v, n - total * p AS more, 100 * (n + k * p) / (total + k) / p AS tgi
            FROM cell JOIN person USING (member_id) JOIN usual USING (v), weight
            WHERE days > 1 AND n > 2
        )
        SELECT member_id, v FROM scored WHERE tgi >= 120
        QUALIFY row_number() OVER (PARTITION BY member_id ORDER BY more DESC, v::VARCHAR) = 1"""


_WEEKDAY = (
    "['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']"
    "[isodow(business_date)]"
)
PREFERRED = {
    "preferred_department": _preferred("department", _LINES),
    "preferred_category": _preferred("category", _LINES),
    "preferred_brand": _preferred("brand", _LINES),
    "preferred_product": _preferred("product_id", _LINES),
    "preferred_channel": _preferred("channel", _ORDERS),
    "preferred_store": _preferred("store_id", _ORDERS),
    "preferred_hour": _preferred("local_hour", _ORDERS),
    "preferred_weekday": _preferred(_WEEKDAY, _ORDERS),
}
