"""Values and buckets as lines of text, which people can write, compare and copy."""

from __future__ import annotations

from django.utils.translation import gettext as _

from regulars.apps.tags.types import BucketSpec, TagDefinition, ValueSpec
from regulars.base.errors import RuleError

_PARTS = 4


def value_lines(one: TagDefinition) -> str:
    """Return a line per value."""
    rows = [(v.code, v.name_zh, v.name_en, v.when) for v in one.values]
    return "\n".join(_line(*row) for row in rows)


def bucket_lines(one: TagDefinition) -> str:
    """Return a line per bucket."""
    rows = [
        (b.code, b.name_zh, b.name_en, "" if b.below is None else _exactly(b.below))
        for b in one.buckets
    ]
    return "\n".join(_line(*row) for row in rows)


def values_in(text: str, held: TagDefinition | None) -> tuple[ValueSpec, ...]:
    """Return the values of the lines; their points stay as they were."""
    points = {value.code: value.points for value in held.values} if held else {}
    return tuple(
        ValueSpec(
            code=code, name_zh=name_zh, name_en=name_en, when=when, points=points.get(code, 1.0)
        )
        for code, name_zh, name_en, when in _rows(text, "values")
    )


def buckets_in(text: str) -> tuple[BucketSpec, ...]:
    """Return the buckets of the lines."""
    found = []
    for code, name_zh, name_en, below in _rows(text, "buckets"):
        try:
            bound = float(below) if below else None
        except ValueError:
            raise RuleError(_("%(text)s is no number") % {"text": below}, where="buckets") from None
        found.append(BucketSpec(code=code, name_zh=name_zh, name_en=name_en, below=bound))
    return tuple(found)


def _exactly(number: float) -> str:
    """Return the number so that it is the same when it is read again."""
    return str(int(number)) if float(number).is_integer() else repr(float(number))


def _line(code: str, name_zh: str, name_en: str, last: str) -> str:
    return f"{code} | {name_zh} | {name_en} | {last}".rstrip(" |")


def _rows(text: str, field: str) -> list[tuple[str, str, str, str]]:
    rows = []
    for number, line in enumerate(filter(str.strip, text.splitlines()), start=1):
        # A rule may hold a bar inside a text: only the first three part the line.
        parts = [part.strip() for part in line.split("|", _PARTS - 1)]
        if len(parts) < _PARTS - 1:
            what = _("line %(line)s: write code | Chinese | English | rule") % {"line": number}
            raise RuleError(what, where=field)
        code, name_zh, name_en, *rest = parts
        rows.append((code, name_zh, name_en, rest[0] if rest else ""))
    return rows
