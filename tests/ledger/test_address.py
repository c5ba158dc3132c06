"""A ledger's URL is read in full or refused in words; its password is shown nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from regulars.base.errors import ConfigurationError
from regulars.server.ledger.address import KEPT_SECONDS, ledger_address, parsed, url_of

SECRET = "p@ss/wörd"
QUOTED = "p%40ss%2Fw%C3%B6rd"


@pytest.fixture(autouse=True)
def _no_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("DATABASE_URL_FILE", raising=False)


def test_no_url_is_sqlite_in_the_home(tmp_path: Path) -> None:
    address = ledger_address(tmp_path)
    assert address.vendor == "sqlite"
    assert address.database["NAME"] == tmp_path / "ledger.sqlite3"
    assert address.shown == str(tmp_path / "ledger.sqlite3")


def test_a_url_names_user_password_host_port_and_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(
        "DATABASE_URL", f"postgres://shop:{QUOTED}@db.example:6543/ledger?sslmode=require"
    )
    address = ledger_address(tmp_path)
    held = address.database
    assert address.vendor == "postgresql"
    assert held["ENGINE"] == "django.db.backends.postgresql"
    assert (held["USER"], held["PASSWORD"], held["HOST"], held["PORT"], held["NAME"]) == (
        "shop", SECRET, "db.example", 6543, "ledger",
    )  # fmt: skip
    assert held["OPTIONS"] == {
        "sslmode": "require",
        "connect_timeout": 10,
        "application_name": "regulars",
    }
    # A thread of the web server keeps its connection, and looks at it before it trusts it.
    assert (held["CONN_MAX_AGE"], held["CONN_HEALTH_CHECKS"]) == (KEPT_SECONDS, True)


def test_the_password_is_not_shown() -> None:
    address = parsed(f"postgresql://shop:{QUOTED}@db.example/ledger", where="DATABASE_URL")
    assert address.shown == "shop@db.example/ledger"
    assert url_of(address) == "postgresql://shop:PASSWORD@db.example/ledger"


def test_a_socket_needs_no_host() -> None:
    address = parsed("postgresql:///ledger?host=/run/postgresql", where="DATABASE_URL")
    assert address.shown == "/run/postgresql/ledger"
    assert address.database["HOST"] == ""


def test_a_url_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql://shop@db.example/ledger\n", encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL_FILE", str(secret))
    assert ledger_address(tmp_path).shown == "shop@db.example/ledger"
    monkeypatch.setenv("DATABASE_URL", "postgresql://other/ledger")
    with pytest.raises(ConfigurationError, match="both set"):
        ledger_address(tmp_path)


def test_sqlite_can_be_named(tmp_path: Path) -> None:
    address = parsed(f"sqlite:///{tmp_path}/a b.sqlite3", where="DATABASE_URL")
    assert address.database["NAME"] == tmp_path / "a b.sqlite3"
    assert address.database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    again = parsed(url_of(address), where="--to")
    assert again == address


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("mysql://me:hunter2@db/x", "'mysql' is no ledger Regulars knows"),
        ("db.example/ledger", "this is no URL"),
        ("postgresql://me:hunter2@db", "must end with the name of one database"),
        ("postgresql://me:hunter2@db/a/b", "must end with the name of one database"),
        ("postgresql://me:hunter2@db:port/x", "cannot be read"),
        ("postgresql://me:hunt/er2@db:5432/x", "cannot be read|name of one database"),
        ("postgresql://me:hunter2@db/x?sslmod=require", "knows no connection option sslmod"),
        ("sqlite:///", "names a file"),
        ("sqlite://:memory:", "names a file"),
        ("sqlite://host/x.db", "names a file"),
        ("sqlite:////x.db?mode=ro", "takes no options"),
    ],
)
def test_a_wrong_url_is_refused_without_its_password(url: str, what: str) -> None:
    with pytest.raises(ConfigurationError, match=what) as refused:
        parsed(url, where="DATABASE_URL")
    assert refused.value.where == "DATABASE_URL"
    assert "hunt" not in str(refused.value)
    assert refused.value.fix
