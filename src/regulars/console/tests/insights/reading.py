"""Reading a page the way its script and its reader do."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

from django.test import Client

_CHART = re.compile(r'<script id="([\w-]+)" type="application/json">(.*?)</script>')
_ROW = re.compile(r'<a class="id" href="/members/(m[0-9a-z]+)/">')
_MOVE = re.compile(r'<td class="heat-[1-8][^"]*"><a href="([^"]+)">([\d,]+)<small>')
_SUM = re.compile(r'<tr><th scope="row">([^<]+)</th>.*?<td class="sum">(?:<a[^>]*>)?([\d,]+)')


def charts(page: str) -> dict[str, dict[str, Any]]:
    """Return the data of every chart on the page."""
    return {name: json.loads(text) for name, text in _CHART.findall(page)}


def members_behind(client: Client, address: str) -> list[str]:
    """Return the member ids of the list that an address leads to."""
    answer = client.get(unescape(address))
    assert answer.status_code == 200, address
    return _ROW.findall(answer.content.decode())


def moves(page: str) -> list[tuple[str, int]]:
    """Return address and number of every cell of the table of moves that has members."""
    return [(unescape(address), int(text)) for address, text in _MOVE.findall(page)]


def row_sums(page: str) -> dict[str, int]:
    """Return the sum of each row of the table of moves by its name."""
    return {name: int(text) for name, text in _SUM.findall(page)}


def balances(page: str) -> list[tuple[str, int, int, int, int, int]]:
    """Return each stage's start, inflow, outflow, net and end."""
    found = []
    for row in re.findall(r'<tr><th scope="row">(\w+)</th>(.*?)</tr>', page):
        cells = re.findall(r'<td class="r"[^>]*>(?:<a[^>]*>)?([+-]?[\d,]+)', row[1])
        start, inflow, outflow, net, end = (int(cell) for cell in cells)
        found.append((row[0], start, inflow, outflow, net, end))
    return found
