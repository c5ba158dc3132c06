"""A seed as the form says it."""

from __future__ import annotations

import csv
import json
import re
from io import StringIO
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from regulars.apps.audiences.types import Seed
from regulars.apps.tags.queries import tag_named
from regulars.base.errors import RuleError
from regulars.science.rfm import GROUPS

if TYPE_CHECKING:
    from django.http import HttpRequest

KINDS = ("tag", "group", "rule", "list")
_BYTES_MAX = 20_000_000
_ID = re.compile(r"m[0-9a-hjkmnp-tv-z]{16}")


def seed_in(request: HttpRequest) -> Seed:
    """Return the seed that was chosen.

    Raises:
        NotVisibleError: There is no such tag.
        RuleError: Nothing was chosen, or it cannot be read; ``where`` names the field.
    """
    kind = request.POST.get("kind", "")
    if kind == "tag":
        return Seed(rule=_of_tag(request.POST.get("tag", "")))
    if kind == "group":
        group = request.POST.get("group", "")
        if group not in GROUPS:
            raise RuleError(_("choose a value group"), where="group")
        return Seed(rule=f'feature.rfm.rfm_group = "{group}"')
    if kind == "rule":
        rule = request.POST.get("rule", "").strip()
        if not rule:
            raise RuleError(_("write a rule"), where="rule")
        return Seed(rule=rule)
    if kind == "list":
        return Seed(members=_listed(request))
    raise RuleError(_("say whom others are to be like"), where="kind")


def _of_tag(said: str) -> str:
    code, _colon, value = said.partition(":")
    definition = tag_named(code).definition
    if value not in {one.code for one in definition.values}:
        raise RuleError(_("choose a value of a tag"), where="tag")
    return f"tag.{code} = {json.dumps(value, ensure_ascii=False)}"


def _listed(request: HttpRequest) -> tuple[str, ...]:
    text = request.POST.get("ids", "")
    file = request.FILES.get("file")
    if file is not None and file.size:
        if file.size > _BYTES_MAX:
            raise RuleError(_("the file is larger than 20 MB"), where="list")
        try:
            text += "\n" + file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise RuleError(_("the file is not UTF-8 text"), where="list") from None
    words = (word.strip() for row in csv.reader(StringIO(text)) for word in row)
    ids = tuple(dict.fromkeys(word for word in words if _ID.fullmatch(word)))
    if not ids:
        raise RuleError(_("there is no member id in the list"), where="list")
    return ids
