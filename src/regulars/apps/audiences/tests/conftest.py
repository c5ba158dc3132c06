"""A club among 300 members, others who buy as it does, and some who refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from pytest_django import Settings

from regulars.apps.accounts.services.staff import create_staff
from regulars.apps.accounts.types import Actor, DataScope, Role, StaffDetails
from regulars.lake import Lake
from regulars.lake.contracts import contract

AS_OF = date(2024, 6, 1)
MEMBERS = tuple(f"m{n:016}" for n in range(300))
CLUB_RULE = 'attribute.club = "yes"'
REFUSED_RULE = 'attribute.marketing = "refused"'
CLUB = frozenset(MEMBERS[0:60])
# Like the club in all they do, but not of it.
ALIKE = frozenset(MEMBERS[60:100])
REFUSED = frozenset(MEMBERS[55:65])


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def lake(db: None, settings: Settings) -> Lake:
    lake = Lake(settings.REGULARS_LAKE)
    dice = Random(7)
    rows = {
        "members": [
            {"member_id": one, "home_store_id": "s1" if n % 2 else "s2", "source": "test"}
            for n, one in enumerate(MEMBERS)
        ],
        "member_attributes": [
            *(_said(one, "club", "yes") for one in sorted(CLUB)),
            *(_said(one, "marketing", "refused") for one in sorted(REFUSED)),
        ],
        "features/rfm": [_bought(one, n < 100, dice) for n, one in enumerate(MEMBERS)],
    }
    with lake.transaction() as transaction:
        for name, several in rows.items():
            declared = contract(name)
            schema = pa.schema([declared.arrow_schema.field(one) for one in declared.shown_names])
            table = pa.Table.from_pylist(several, schema)
            if name.startswith("features/"):
                transaction.replace_partition(name, table, partition={"as_of": AS_OF})
            else:
                transaction.append(name, table)
    return lake


@pytest.fixture
def operations(db: None) -> Actor:
    return actor(Role.OPERATIONS, DataScope("hq"))


def actor(role: Role, scope: DataScope) -> Actor:
    details = StaffDetails(f"{role.value}-{scope.kind}", "Ada", role, scope)
    user_id = create_staff(None, details, password="sunny-harbour-4711")
    return Actor(user_id, role.value, "Ada", role, scope)


def _said(member: str, name: str, value: str) -> dict[str, Any]:
    at = datetime(2024, 1, 1, tzinfo=UTC)
    said = {"member_id": member, "name": name, "value": value}
    return said | {"source": "test", "updated_at": at}


def _bought(member: str, like_the_club: bool, dice: Random) -> dict[str, Any]:  # noqa: FBT001 a plain flag
    often = dice.gauss(30 if like_the_club else 18, 6)
    return {
        "member_id": member, "as_of": AS_OF, "recency_days": dice.randrange(1, 300),
        "frequency": max(1, round(often)), "monetary": Decimal(max(5, round(often * 9))),
        "last_order_date": AS_OF, "r_score": 1, "f_score": 1, "m_score": 1,
        "rfm_group": "important_value" if like_the_club else "general_keep",
    }  # fmt: skip
