"""The look-alike wizard: seeds to choose from, and the expansions there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from regulars.apps.audiences.queries import expansions
from regulars.apps.audiences.types import Expansion, Seed
from regulars.apps.tags.queries import tags
from regulars.console.contexts import wording
from regulars.console.contexts.tags.wording import named
from regulars.science.rfm import GROUPS

if TYPE_CHECKING:
    from regulars.console.desk import Desk


@dataclass(frozen=True, slots=True)
class TagChoice:
    """A tag with its values, as ``code:value`` and the value's name."""

    name: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class WizardPage:
    """Everything on the page; ``refused_rule`` says who refused, '' when nobody is known to."""

    tags: tuple[TagChoice, ...]
    groups: tuple[tuple[str, str], ...]
    expansions: tuple[Expansion, ...]
    refused_rule: str


def wizard_page(_desk: Desk) -> WizardPage:
    """Put the page together."""
    definitions = [tag.definition for tag in tags()]
    return WizardPage(
        tags=tuple(
            TagChoice(
                name=named(one),
                values=tuple((f"{one.code}:{value.code}", named(value)) for value in one.values),
            )
            for one in definitions
            if one.values
        ),
        groups=tuple((code, wording.term(wording.RFM_GROUPS, code)) for code in GROUPS),
        expansions=expansions(),
        refused_rule=settings.REGULARS_REFUSED_RULE,
    )


def title_of(seed: Seed, given: Mapping[str, str]) -> str:
    """Return what an expansion is called that was given no name."""
    if given.get("kind") == "group":
        return wording.term(wording.RFM_GROUPS, given.get("group", ""))
    if seed.members:
        return _("%(count)s listed members") % {"count": wording.count(len(seed.members))}
    return seed.rule[:80]
