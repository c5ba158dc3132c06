"""Words with a meaning: yes and no, and a mapping's own value maps."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from regulars.apps.ingest.cleaning.outcome import Cleaned, from_unique, on_unique
from regulars.apps.ingest.cleaning.texts import texts

_YES = ("1", "true", "t", "yes", "y", "是", "有", "on")
_NO = ("0", "false", "f", "no", "n", "否", "无", "off")


def booleans(values: pa.Array) -> Cleaned:
    """Return true and false for the usual English and Chinese words.

    >>> booleans(pa.array(["Y", "否", "perhaps"])).values.to_pylist()
    [True, False, None]
    """
    if pa.types.is_boolean(values.type):
        return Cleaned.fine(values)
    words = pc.utf8_lower(texts(values))
    yes = pc.is_in(words, value_set=pa.array(_YES))
    no = pc.is_in(words, value_set=pa.array(_NO))
    known = pc.or_(yes, no)
    found = pc.if_else(known, yes, pa.scalar(None, pa.bool_()))
    wrong = pc.and_(pc.is_valid(words), pc.invert(known))
    return Cleaned.fine(found).refuse(wrong, "not_a_boolean")


def by_map(values: pa.Array, words: Mapping[str, str], *, keep_unknown: bool) -> Cleaned:
    """Replace each text by the mapping's word for it; refuse or keep one the map lacks.

    >>> by_map(pa.array(["A", "B"]), {"A": "gold"}, keep_unknown=True).values.to_pylist()
    ['gold', 'B']
    """
    distinct, indices = on_unique(texts(values))
    found: list[tuple[str | None, str | None]] = []
    for word in distinct:
        if word is None:
            found.append((None, None))
        elif word in words:
            found.append((words[word] or None, None))
        else:
            found.append((word, None) if keep_unknown else (None, "unknown_word"))
    return from_unique(found, indices)
