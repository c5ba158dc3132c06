"""In what members differ: goods are chosen line by line, places and times order by order."""

from __future__ import annotations

GOODS = ("product", "department", "category", "brand")
OCCASIONS = ("channel", "store", "hour", "weekday")
DIMENSIONS = (*GOODS, *OCCASIONS)
# Options that are numbers: the hour of the shop's clock, 0 to 23, and the weekday, 1 is Monday.
NUMBERED = ("hour", "weekday")
COLUMNS = tuple(
    column
    for name in DIMENSIONS
    for column in (f"preferred_{name}", f"{name}_share", f"{name}_index")
)
