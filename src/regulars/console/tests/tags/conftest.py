"""The chain with the shipped tags and two that are given, refreshed once for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as configured
from django.core import serializers
from pytest_django import Settings

from regulars.apps.tags.services import install_packs, refresh_all_tags, save_tag
from regulars.apps.tags.tests.defined import given
from regulars.apps.tags.types import MadeBy
from regulars.console.tests.chain import AS_OF, Chain, build_chain, kept_ledger, restore_ledger
from regulars.lake import Lake
from tests.kept_home import KeptHome

_MODELS = ("CategoryNode", "TagEntry", "TagVersion", "TagRun")


@pytest.fixture(scope="session")
def kept_tagged(tmp_path_factory: pytest.TempPathFactory) -> KeptHome[Chain]:
    return KeptHome(
        tmp_path_factory.mktemp("tagged") / "home",
        _build,
        keep_ledger=_keep,
        restore_ledger=_restore,
    )


@pytest.fixture
def tagged(db: None, kept_tagged: KeptHome[Chain], settings: Settings) -> Chain:
    """The chain with 82 tags as of its last date."""
    return kept_tagged.at(Path(settings.REGULARS_HOME))


def _build() -> Chain:
    chain, lake = build_chain(), Lake(configured.REGULARS_LAKE)
    install_packs(lake)
    save_tag(None, lake, given("vip", category="worth_value"))
    save_tag(None, lake, given("fit", MadeBy.IMPORT, category="worth_value"))
    refresh_all_tags(lake, AS_OF)
    return chain


def _keep() -> str:
    rows = [row for name in _MODELS for row in apps.get_model("tags", name).objects.all()]
    return f"{kept_ledger()}\n{serializers.serialize('json', rows)}"


def _restore(kept: str) -> None:
    people, tags = kept.split("\n", 1)
    restore_ledger(people)
    restore_ledger(tags)
