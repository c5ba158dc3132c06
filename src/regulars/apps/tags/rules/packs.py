"""The short form in which shipped packs are written, spelt out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WORDS = {
    "zh": "name_zh",
    "en": "name_en",
    "means_zh": "definition_zh",
    "means_en": "definition_en",
}


def spelt_out(tag: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document of a tag of a pack.

    ``values`` are code → [Chinese, English, rule], ``buckets`` code → [Chinese, English, below],
    and ``holds`` is the rule of the only value, yes.
    """
    said = {_WORDS.get(key, key): value for key, value in tag.items()}
    rule = said.pop("holds", None)
    if rule is not None:
        said["values"] = {"yes": ["是", "Yes", rule]}
    for key, last in (("values", "when"), ("buckets", "below")):
        if key in said:
            said[key] = [_named(code, words, last) for code, words in said[key].items()]
    return said


def _named(code: Any, words: list[Any], last: str) -> dict[str, Any]:
    named = {"code": str(code), "name_zh": words[0], "name_en": words[1]}
    if len(words) > 2:
        named[last] = words[2]
    return named
