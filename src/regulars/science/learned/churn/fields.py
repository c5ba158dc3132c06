"""What a churn model reads of a member, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["days", "count", "share", "ratio", "money"]


@dataclass(frozen=True, slots=True)
class Field:
    """One column of `features`.

    Attributes:
        english, chinese: What staff call it, inside a sentence.
        kind: Decides how a value is written.
        monotone: 1 where a greater value can never lower the risk, all else equal; 0 where the
            data decide.
    """

    name: str
    english: str
    chinese: str
    kind: Kind
    monotone: int = 0


FIELDS = (
    Field("recency_days", "days since the last order", "距上次消费天数", "days", 1),
    Field("overdue", "time since the last order ÷ usual interval", "距上次消费 ÷ 平时间隔",
          "ratio", 1),
    Field("interval_days", "usual days between orders", "平时消费间隔天数", "days"),
    Field("order_days", "days with an order", "有消费的天数", "count"),
    Field("age_days", "days since the first order", "距首单天数", "days"),
    Field("second_order_days", "days since the order before the last", "距倒数第二单天数", "days"),
    Field("third_order_days", "days since the third-last order", "距倒数第三单天数", "days"),
    Field("sixth_order_days", "days since the sixth-last order", "距倒数第六单天数", "days"),
    Field("trend", "latest interval ÷ usual interval", "最近间隔 ÷ 平时间隔", "ratio"),
    Field("sales", "net amount of all orders", "累计消费金额", "money"),
    Field("order_value", "net amount per order", "客单价", "money"),
    Field("last_value_ratio", "last order ÷ usual order", "末单金额 ÷ 平时客单价", "ratio"),
    Field("discount_share", "share of the list price spared", "折扣占原价比例", "share"),
    Field("coupon_share", "share of orders with a coupon", "用券订单占比", "share"),
    Field("channels", "channels bought in", "消费渠道数", "count"),
    Field("online_share", "share of orders online", "线上订单占比", "share"),
    Field("refund_share", "share of the money given back", "退款金额占比", "share"),
    Field("visit_days", "days with a visit online", "线上访问天数", "count"),
    Field("visit_recency_days", "days since the last visit online", "距上次线上访问天数", "days"),
    Field("third_visit_days", "days since the third-last visit online", "距倒数第三次访问天数",
          "days"),
    Field("carts_per_visit_day", "items put into carts per day with a visit", "每访问日加购件数",
          "ratio"),
    Field("sends", "messages sent", "触达次数", "count"),
    Field("answered_share", "share of messages answered with a coupon", "触达后用券比例", "share"),
)  # fmt: skip
NAMES = tuple(field.name for field in FIELDS)
BY_NAME = {field.name: field for field in FIELDS}
