"""The reference page and the document: complete, in both languages, without anybody's key."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from django.test import Client
from ninja import Schema

from regulars.api.door.problems import KINDS
from regulars.api.reference.openapi import schema

pytestmark = pytest.mark.django_db


def test_the_document_is_openapi_3_1_and_needs_no_key() -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    document = answer.json()
    assert document["openapi"] == "3.1.0"
    assert document == schema()
    for methods in document["paths"].values():
        for details in methods.values():
            assert details["x-scope"]
            assert {"401", "403", "422", "429", "500"} <= set(details["responses"])
    assert Client().post("/api/v1/openapi.json").status_code == 405


def test_no_two_shapes_have_the_same_name() -> None:
    """Of two with one name the document would show the last for both."""
    shapes = [one for one in _below(Schema) if one.__module__.startswith("regulars.api.")]
    names = Counter(one.__name__ for one in shapes)
    assert len(names) > 40
    assert [name for name, count in names.items() if count > 1] == []


def _below(shape: type[Schema]) -> Iterator[type[Schema]]:
    for one in shape.__subclasses__():
        yield one
        yield from _below(one)


@pytest.mark.parametrize(("language", "title"), [("en", "API reference"), ("zh-hans", "API 参考")])
def test_the_page_shows_every_route_in_both_languages(language: str, title: str) -> None:
    page = Client().get("/api/v1/docs", HTTP_ACCEPT_LANGUAGE=language)
    assert page.status_code == 200
    html = page.content.decode()
    assert f"<h1>{title}</h1>" in html
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert not re.search(r"<script|<style|\sstyle=|https?://(?!testserver)", html)
    for methods in schema()["paths"].values():
        for details in methods.values():
            assert f'id="{details["operationId"]}"' in html
    anchors = set(re.findall(r' id="([^"]+)"', html))
    assert set(KINDS) <= anchors
    assert set(re.findall(r'href="#([^"]+)"', html)) <= anchors
