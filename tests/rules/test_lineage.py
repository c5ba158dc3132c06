"""A rule says what it depends on."""

from __future__ import annotations

from regulars.science.rules import Uses, from_text, touched_members, uses
from tests.rules.small_world import VOCABULARY, World
from tests.rules.test_live_equals_batch import members_table


def test_everything_a_rule_names_is_listed() -> None:
    text = (
        'tag.children > 0 and attribute.hobby is missing and not did order where (channel = "web"'
        ' or products.category = "web") sum net_amount > 3'
        ' and sequence (event where event = "view" then order) and in audience a except (b)'
    )
    assert uses(from_text(text, VOCABULARY), VOCABULARY) == Uses(
        fields=frozenset({"attribute.hobby"}),
        tags=frozenset({"tag.children"}),
        facts=frozenset({"order", "event"}),
        columns=frozenset(
            {"order.channel", "order.products.category", "order.net_amount", "event.event"}
        ),
        audiences=frozenset({"a", "b"}),
        tables=frozenset(
            {"members", "member_attributes", "orders", "products", "events", "audience_members"}
        ),
        compared=frozenset({"products"}),
    )


def test_a_rank_depends_on_everybodys_values() -> None:
    used = uses(from_text("feature.monetary in top 3", VOCABULARY), VOCABULARY)
    assert used.fields == {"feature.monetary"}
    assert used.tables == used.compared == {"members", "features"}


def test_a_change_of_what_is_not_used_touches_nobody() -> None:
    rule = from_text("did order", VOCABULARY)
    world = World({"members": [{"member_id": one} for one in ("m1", "m2")]})
    changed = {"events": members_table({"m1"})}
    touched = touched_members(rule, world, changed, vocabulary=VOCABULARY)
    assert touched.to_pyarrow().num_rows == 0
