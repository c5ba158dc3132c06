"""Tags in the reader's language."""

from __future__ import annotations

from typing import Protocol

from django.utils.translation import get_language


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
