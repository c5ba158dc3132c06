"""How long the values may be that the ledger keeps beside the lake.

SQLite keeps any text whatever its column says, PostgreSQL refuses the whole statement: without a
limit here one row would stop a load on one of them and pass on the other.
"""

from __future__ import annotations

import pyarrow.compute as pc

from regulars.apps.ingest.cleaning.outcome import Cleaned

SOURCE_LETTERS_MAX = 64
ORDER_ID_LETTERS_MAX = 128
# By the name a mapping gives the value; whatever is not named here, the ledger does not keep.
LETTERS_MAX: dict[str, int] = {
    "order_id": ORDER_ID_LETTERS_MAX,
    "store_id": 64,
    "home_store_id": 64,
    "guide_id": 64,
    "staff_id": 64,
    "channel": 20,
    "joined_channel": 20,
}


# Beyond this no identifier can be of its kind: the longest possible mailbox.
IDENTIFIER_LETTERS_MAX = 254


def within_length(found: Cleaned, most: int | None) -> Cleaned:
    """Return the texts with those refused that have more letters than ``most``; None: any number.

    >>> import pyarrow as pa
    >>> within_length(Cleaned.fine(pa.array(["s1", "s" * 65])), 64).reasons.to_pylist()
    [None, 'too_long']
    """
    if most is None:
        return found
    return found.refuse(pc.greater(pc.utf8_length(found.values), most), "too_long")
