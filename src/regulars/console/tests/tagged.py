"""The chain with the shipped tags and two that are given, refreshed once for all tests."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.core import serializers

from regulars.apps.tags.services import install_packs, refresh_all_tags, save_tag
from regulars.apps.tags.tests.defined import given
from regulars.apps.tags.types import MadeBy
from regulars.console.tests.chain import AS_OF, Chain, build_chain, kept_ledger, restore_ledger
from regulars.lake import Lake

_MODELS = ("CategoryNode", "TagEntry", "TagVersion", "TagRun")


def build_tagged() -> Chain:
    """Build the chain, install the shipped tags, add two that are given, and refresh them all."""
    chain, lake = build_chain(), Lake(settings.REGULARS_LAKE)
    install_packs(lake)
    save_tag(None, lake, given("vip", category="worth_value"))
    save_tag(None, lake, given("fit", MadeBy.IMPORT, category="worth_value"))
    refresh_all_tags(lake, AS_OF)
    return chain


def kept_tags() -> str:
    """Return what the ledger knows of the chain and of its tags."""
    rows = [row for name in _MODELS for row in apps.get_model("tags", name).objects.all()]
    return f"{kept_ledger()}\n{serializers.serialize('json', rows)}"


def restore_tags(kept: str) -> None:
    """Write the kept rows back."""
    people, tags = kept.split("\n", 1)
    restore_ledger(people)
    restore_ledger(tags)
