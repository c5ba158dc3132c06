"""What reviews say, in Chinese and in English."""

from __future__ import annotations

ASPECTS = ("quality", "price", "delivery", "service", "packaging")
# By aspect: what is said when it pleased, was so-so, or disappointed.
CHINESE = (
    ("质量很好，用着放心", "质量一般", "质量太差，用了一次就坏了"),
    ("价格实惠，性价比高", "价格还行", "价格偏贵，不值这个钱"),
    ("物流很快，第二天就到", "物流速度一般", "物流太慢，等了一个星期"),
    ("导购很热情，讲解仔细", "服务中规中矩", "客服态度差，问题没人管"),
    ("包装精美，送人也合适", "包装普通", "包装破损，东西都漏了"),
)
ENGLISH = (
    ("great quality, I can rely on it", "average quality", "poor quality, broke after one use"),
    ("good value for the price", "the price is okay", "overpriced, not worth it"),
    ("arrived the next day", "delivery took a while", "delivery took a whole week"),
    ("the staff explained everything kindly", "service was fine", "rude service, nobody helped"),
    ("beautifully packed", "plain packaging", "the box was damaged and leaking"),
)
OPEN_CHINESE = ("回购好几次了，", "第一次买，", "给家人买的，", "朋友推荐的，", "活动时囤的，", "")
OPEN_ENGLISH = ("Bought it again: ", "First time buying: ", "A gift for my family: ", "")
