"""The reference page and the document: complete, in both languages, without anybody's key."""

from __future__ import annotations

import re

import pytest
from django.test import Client

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
