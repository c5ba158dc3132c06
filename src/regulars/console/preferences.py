"""The reader's theme: their own setting, else the browser's cookie, else the system's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest

    from regulars.apps.accounts.types import Actor

THEME_COOKIE = "regulars_theme"
THEMES = ("auto", "light", "dark")


def theme_of(request: HttpRequest, actor: Actor | None) -> str:
    """Return auto, light or dark."""
    theme = actor.theme if actor is not None else request.COOKIES.get(THEME_COOKIE, "auto")
    return theme if theme in THEMES else "auto"
