"""What one request reads with: who asks, the lake as they may see it, and the business date.

``page`` is the one door of the console's views: it checks the capability, pins one snapshot for
the whole request and cuts it to the reader's scope. ``remembered`` keeps answers per lake commit.
"""

from regulars.console.desk.answers import forget, remembered
from regulars.console.desk.request import AS_OF_KEY, Desk, desk_at, lake_at, open_desk, page

__all__ = [
    "AS_OF_KEY",
    "Desk",
    "desk_at",
    "forget",
    "lake_at",
    "open_desk",
    "page",
    "remembered",
]
