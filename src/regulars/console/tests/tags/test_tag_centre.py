"""The way to tags: installed by a button, found by the tree, deleted after a question."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import translation
from django_tasks_db.models import DBTaskResult

from regulars.apps.accounts.models import AuditEvent
from regulars.apps.accounts.types import Role
from regulars.apps.tags.queries import tag_named, tags
from regulars.apps.tags.services import save_category
from regulars.apps.tags.services.installing import shipped_packs
from regulars.console.contexts.tags.centre import Node
from regulars.console.tests.chain import Chain
from regulars.console.tests.conftest import SignIn


@pytest.fixture
def client(sign_in: SignIn) -> Client:
    return sign_in(Role.OPERATIONS)


def test_the_empty_page_installs_the_shipped_tags(chain: Chain, client: Client) -> None:
    page = client.get("/tags/").content.decode()
    assert 'action="/tags/install/"' in page
    assert "/tags/new/" not in page
    client.post("/tags/install/")
    assert len(tags()) == sum(len(pack.tags) for pack in shipped_packs())
    assert DBTaskResult.objects.count() == 1
    made = AuditEvent.objects.filter(object_kind="tag").values_list("actor_name", flat=True)
    assert len(made) == len(tags())
    assert "system" not in set(made)


def test_with_a_category_a_tag_may_be_the_first(chain: Chain, client: Client) -> None:
    save_category("work", name_zh="业务", name_en="Business")
    assert "/tags/new/" in client.get("/tags/").content.decode()


def test_who_may_not_define_tags_installs_none(chain: Chain, sign_in: SignIn) -> None:
    analyst = sign_in(Role.ANALYST)
    assert "/tags/install/" not in analyst.get("/tags/").content.decode()
    assert analyst.post("/tags/install/").status_code == 403
    assert tags() == ()


def test_the_tree_keeps_the_filters_and_opens_a_branch(tagged: Chain, client: Client) -> None:
    found = client.get("/tags/?category=basic_joining&made_by=rule&q=join").context["found"]
    tree: dict[str, Node] = {
        match[1]: node
        for node in found.tree
        if (match := re.search(r"category=(\w+)", node.url)) is not None
    }
    for node in (*tree.values(), found.tree[0]):
        assert "made_by=rule" in node.url
        assert "q=join" in node.url
    assert client.get(tree["basic_joining"].url).context["found"].search == "join"
    assert (tree["basic_joining"].level, tree["basic_joining"].open) == (3, True)
    below = [node for node in tree.values() if node.level > 1 and not node.open]
    assert below
    assert all(node.open for node in tree.values() if node.level == 1)


def test_deleting_asks_first_and_says_what_is_lost(tagged: Chain, client: Client) -> None:
    page = client.get("/tags/recency_band/delete/").content.decode()
    assert "10 members lose its value" in page
    assert tag_named("recency_band").version == 1
    used = client.get("/tags/discount_share/delete/").content.decode()
    assert "Discount dependence" in used
    assert 'method="post" action="/tags/discount_share/delete/"' not in used


def test_what_uses_a_tag_is_told_in_the_readers_language(tagged: Chain, client: Client) -> None:
    client.post("/preferences/language/", {"language": "zh-hans", "next": "/tags/"})
    name = tag_named("discount_dependence").definition.name_zh
    with translation.override("zh-hans"):
        for address in ("/tags/discount_share/", "/tags/discount_share/delete/"):
            page = client.get(address).content.decode()
            assert (
                f'<span class="badge-soft">标签</span> <a href="/tags/discount_dependence/">{name}'
                in page
            )


def test_a_cycle_of_one_day_is_every_day(tagged: Chain, client: Client) -> None:
    page = client.get("/tags/gender/").content.decode()
    assert "update cycle: every day" in page
    assert "every 1 day" not in page
