"""What the tests of the accounts room share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from regulars.apps.accounts.models import User
from regulars.apps.accounts.queries.actors import scope_of
from regulars.apps.accounts.types import Actor, DataScope, Role

MakeUser = Callable[..., User]
PASSWORD = "amber-river-1742"


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def make_user(db: None) -> MakeUser:
    def make(username: str, role: Role = Role.ADMIN, scope: DataScope | None = None) -> User:
        scope = scope or DataScope("hq")
        user = User(
            username=username,
            name=username.title(),
            role=role,
            scope_kind=scope.kind,
            scope_ids=list(scope.ids),
        )
        user.set_password(PASSWORD)
        user.save()
        return user

    return make


@pytest.fixture
def admin(make_user: MakeUser) -> User:
    return make_user("ada")


@pytest.fixture
def actor(admin: User) -> Actor:
    return actor_for(admin)


@pytest.fixture
def admin_client(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


def actor_for(user: User) -> Actor:
    return Actor(user.pk, user.username, user.name, Role(user.role), scope_of(user), ip="10.0.0.9")
