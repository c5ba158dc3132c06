"""The checksum of a table: alike for every database, and different for every difference."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db.models import CharField, DateTimeField, GenericIPAddressField, JSONField

from regulars.server.ledger.moving.digest import Digest

AT = datetime(2024, 5, 1, 8, 0, 0, 123456, UTC)
FIELDS = (CharField(), CharField(), JSONField(), DateTimeField(), GenericIPAddressField())
ROWS: list[tuple[Any, ...]] = [
    ("a", "bc", {"x": [1.5, 2], "熟": None}, AT, "::1"),
    ("d", None, [], None, None),
]


def checksum(rows: list[tuple[Any, ...]]) -> str:
    digest = Digest(FIELDS)
    digest.add(rows)
    return digest.text


def test_order_and_spelling_do_not_matter() -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=8)))
    same = [
        ROWS[1],
        ("a", "bc", {"熟": None, "x": [1.5, 2.0]}, elsewhere, "0:0:0:0:0:0:0:1"),
    ]
    assert checksum(same) == checksum(ROWS)


@pytest.mark.parametrize(
    "rows",
    [
        ROWS[:1],
        [*ROWS, ROWS[1]],
        [("ab", "c", *ROWS[0][2:]), ROWS[1]],
        [("bc", "a", *ROWS[0][2:]), ROWS[1]],
        [ROWS[0], ("d", "", *ROWS[1][2:])],
        [ROWS[0], ("d", "-", *ROWS[1][2:])],
        [(*ROWS[0][:3], AT + timedelta(microseconds=1), "::1"), ROWS[1]],
        [("a", "bc", {"x": [1.5, 3], "熟": None}, AT, "::1"), ROWS[1]],
    ],
)
def test_every_difference_shows(rows: list[tuple[Any, ...]]) -> None:
    assert checksum(rows) != checksum(ROWS)
