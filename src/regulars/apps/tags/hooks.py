"""Where upper rooms plug in: whatever uses a tag says so, and the tag cannot be deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from regulars.apps.tags.types import TagUse

# Given the codes of tags, say what uses each: an audience, a journey, an alert.
UseHook = Callable[[Iterable[str]], Iterable[tuple[str, TagUse]]]

_use_hooks: list[UseHook] = []


def on_uses(hook: UseHook) -> None:
    """Ask ``hook`` what uses a tag; register it in ``AppConfig.ready``."""
    _use_hooks.append(hook)


def uses_above(codes: Iterable[str]) -> list[tuple[str, TagUse]]:
    """Return what the upper rooms say uses the tags, as pairs of code and use."""
    asked = tuple(codes)
    return [use for hook in _use_hooks for use in hook(asked)]
