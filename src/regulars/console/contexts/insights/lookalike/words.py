"""What the traits of a seed are called."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.science.rules import lake_vocabulary


def told_traits(traits: Iterable[tuple[str, float]]) -> tuple[tuple[str, str], ...]:
    """Return what the traits are called and which way each points, in words.

    A model reads a number in three ways (itself, its square, its absence); the heaviest is told.
    """
    found: dict[str, str] = {}
    for name, weight in traits:
        column, way = _told(name, heavier=weight > 0)
        found.setdefault(column, way)
    return tuple(found.items())


def _told(name: str, *, heavier: bool) -> tuple[str, str]:
    if " = " in name:
        column, value = name.split(" = ", 1)
        way = _("more often %(value)s") if heavier else _("more seldom %(value)s")
        return _column(column), way % {"value": value}
    if name.endswith(" squared"):
        way = _("at either end") if heavier else _("in the middle")
        return _column(name.removesuffix(" squared")), way
    if name.endswith(" missing"):
        way = _("more often unknown") if heavier else _("more often known")
        return _column(name.removesuffix(" missing")), way
    return _column(name), _("higher") if heavier else _("lower")


def _column(name: str) -> str:
    if name.startswith("bought "):
        return _("share bought in %(department)s") % {"department": name.removeprefix("bought ")}
    chinese = (get_language() or "").startswith("zh")
    for field in lake_vocabulary().fields.values():
        if field.column == name:
            return field.label.zh if chinese else field.label.en
    return name
