"""Tags in the reader's language."""

from __future__ import annotations

from typing import Protocol

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.apps.tags.queries import tags


class Named(Protocol):
    """Whatever has a name in both languages of the console."""

    @property
    def name_zh(self) -> str:
        """The Chinese name."""

    @property
    def name_en(self) -> str:
        """The English name."""


def in_chinese() -> bool:
    """Whether the reader reads Chinese."""
    return (get_language() or "").startswith("zh")


def named(one: Named) -> str:
    """Return the name in the reader's language."""
    return one.name_zh if in_chinese() else one.name_en


def told(text_zh: str, text_en: str) -> str:
    """Return the text in the reader's language, or the one there is."""
    return (text_zh or text_en) if in_chinese() else (text_en or text_zh)


def tag_chip(code: str, value: str) -> str:
    """Return the condition of having a tag, or one value of it, in words."""
    found = tags([code])
    if not found:
        return _("tag %(name)s") % {"name": code}
    one = found[0].definition
    if not value:
        return _("tag %(name)s") % {"name": named(one)}
    names = {part.code: named(part) for part in one.values}
    names |= {part.code: named(part) for part in one.buckets}
    said = {"name": named(one), "value": names.get(value, value)}
    return _("%(name)s: %(value)s") % said
