"""Every shipped tag against SQL written apart, on a small chain; installed once, and bilingual."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from regulars.apps.tags.rules.meaning import tag_rule, words
from regulars.apps.tags.rules.whole import demand_whole
from regulars.apps.tags.services.installing import shipped_packs
from regulars.apps.tags.tests.chain import AS_OF, lake_of_chain, rows_of_chain
from regulars.apps.tags.tests.oracles import ORACLES, prepared
from regulars.apps.tags.tests.outlook import plant
from regulars.lake import Lake
from regulars.science.tags import refresh_tags

TAGS = {tag.code: tag for pack in shipped_packs() for tag in pack.tags}
FEATURES = {"rfm": "rfm", "life": "lifecycle", "worth": "value", "leaving": "churn"} | {
    "priced": "price_sensitivity"
}
Values = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Values, Values]]:
    """Decide all tags once, and ask all oracles once."""
    rows = rows_of_chain()
    lake = lake_of_chain(Lake(tmp_path_factory.mktemp("packs") / "lake"), rows)
    plant(lake, sorted(rows["members"].column("member_id").to_pylist()))
    known = words(TAGS.values())
    rules = [tag_rule(tag, known) for tag in TAGS.values()]
    report = refresh_tags(lake, AS_OF, rules, vocabulary=known)
    assert report.errors == {}
    held = lake.snapshot().table("tags").to_pyarrow().to_pylist()
    found = {
        code: {row["member_id"]: row[code] for row in held if row[code] is not None}
        for code in TAGS
    }
    with duckdb.connect() as oracle:
        oracle.execute("SET TimeZone = 'UTC'")
        for name, table in rows.items():
            oracle.register(name, table)
        for short, name in FEATURES.items():
            oracle.register(short, lake.snapshot().table(f"features/{name}").to_pyarrow())
        for statement in prepared():
            oracle.execute(statement)
        yield found, {code: _asked(oracle, query) for code, query in ORACLES.items()}


def _asked(oracle: duckdb.DuckDBPyConnection, query: str) -> dict[str, Any]:
    rows = oracle.execute(query).fetchall()
    found = {member: value for member, value in rows if value is not None}
    assert len(found) == len([row for row in rows if row[1] is not None])
    return found


@pytest.mark.parametrize("code", TAGS)
def test_a_tag_is_what_its_oracle_says(code: str, decided: tuple[Values, Values]) -> None:
    found, wanted = decided[0][code], decided[1][code]
    assert found.keys() == wanted.keys()
    assert found, "nobody has it, so nothing is shown"
    if TAGS[code].is_numeric:
        wanted = {member: pytest.approx(float(value)) for member, value in wanted.items()}
    assert found == wanted


def test_values_are_the_named_ones(decided: tuple[Values, Values]) -> None:
    for code, tag in TAGS.items():
        named = {value.code for value in tag.values}
        if named:
            assert set(decided[0][code].values()) <= named, code


def test_sixty_tags_with_oracles_in_two_languages() -> None:
    assert len(TAGS) >= 60
    assert set(ORACLES) == set(TAGS)
    for tag in TAGS.values():
        demand_whole(tag)
        named = [(tag.name_zh, tag.name_en)]
        named += [(value.name_zh, value.name_en) for value in tag.values]
        named += [(bucket.name_zh, bucket.name_en) for bucket in tag.buckets]
        assert all(zh.strip() and en.strip() for zh, en in named), tag.code
        assert tag.definition_zh.strip(), tag.code
        assert tag.definition_en.strip(), tag.code
