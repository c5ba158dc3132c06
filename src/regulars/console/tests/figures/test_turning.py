"""Turning the pages of the list meets every member once, in the list's order, both ways."""

from __future__ import annotations

import html
import re
from typing import Any

import ibis
import pyarrow as pa
import pytest
from django.test import Client

from regulars.apps.accounts.types import Role
from regulars.console.desk import forget
from regulars.console.figures import people
from regulars.console.figures.member_filters import SORTS, MemberFilter
from regulars.console.figures.member_order import beyond, ordered
from regulars.console.tests.chain import Chain
from regulars.console.tests.conftest import SignIn

_ROW = re.compile(r'<a class="id" href="/members/(m[0-9a-z]+)/">')


def walked(client: Client, address: str, rel: str) -> tuple[list[list[str]], list[str]]:
    """Return the ids of each page met by following the link ``rel``, and the addresses."""
    pages, addresses = [], [address]
    while True:
        text = client.get(addresses[-1]).content.decode()
        pages.append(_ROW.findall(text))
        link = re.search(rf'rel="{rel}" href="([^"]+)"', text)
        if link is None:
            return pages, addresses
        addresses.append("/members/" + html.unescape(link.group(1)))


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{name}" for name in SORTS)])
def test_both_ways_meet_everybody_once(
    chain: Chain, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    client = sign_in(Role.ADMIN)
    query = f"/members/?sort={sort}"
    whole = _ROW.findall(client.get(query).content.decode())
    assert sorted(whole) == sorted(chain.member_of.values())
    monkeypatch.setattr(people, "PAGE_SIZE", 3)
    forget()
    there, addresses = walked(client, query, "next")
    assert [row for page in there for row in page] == whole
    assert [len(page) for page in there] == [3, 3, 3, 1]
    assert f"after={whole[2]}" in addresses[1]
    back, _ = walked(client, addresses[-1], "prev")
    assert back == there[::-1]


def test_the_neighbour_counts_and_without_it_the_number(
    chain: Chain, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(Role.ADMIN)
    whole = _ROW.findall(client.get("/members/").content.decode())
    monkeypatch.setattr(people, "PAGE_SIZE", 3)

    def turned(query: str) -> list[str]:
        return _ROW.findall(client.get(f"/members/?{query}").content.decode())

    assert turned(f"page=2&after={whole[4]}") == whole[5:8]
    assert turned(f"page=2&before={whole[4]}") == whole[1:4]
    assert turned("page=2&after=m0000000000000000") == whole[3:6]
    assert turned("page=2&after=13800138000") == whole[3:6]


@pytest.mark.parametrize("descending", [False, True])
def test_ties_and_missing_values_keep_their_places(*, descending: bool) -> None:
    values = [None, 3, 3, 1, None, 2, 3, 1]
    people_of: list[dict[str, Any]] = [
        {"member_id": f"m{n}", "recency_days": value} for n, value in enumerate(values)
    ]
    known = [row for row in people_of if row["recency_days"] is not None]
    sign = -1 if descending else 1
    known.sort(key=lambda row: (sign * row["recency_days"], row["member_id"]))
    line = known + [row for row in people_of if row["recency_days"] is None]
    rows = ibis.memtable(pa.Table.from_pylist(people_of))
    wanted = MemberFilter(sort="recency_days", descending=descending)
    for place, one in enumerate(line):
        for back, expected in ((False, line[place + 1 :]), (True, line[:place][::-1])):
            found = beyond(
                rows, wanted, value=one["recency_days"], member_id=one["member_id"], back=back
            )
            got = ordered(found, wanted, back=back).to_pyarrow().to_pylist()
            assert got == expected, (one, back)
