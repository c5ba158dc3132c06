"""What is sealed opens again, with the right key and for the right purpose only."""

from __future__ import annotations

import hmac
import json
import stat
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from regulars.apps.accounts.models import AuditEvent, VaultKey
from regulars.apps.accounts.services import vault, vault_keys
from regulars.apps.accounts.types import Sealed
from regulars.base.errors import VaultError

pytestmark = pytest.mark.django_db


@pytest.fixture
def key_file(settings: Settings) -> Path:
    path: Path = settings.REGULARS_HOME / "secrets" / "vault.json"
    return path


@hypothesis_settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(values=st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5))
def test_values_come_back_in_order(values: list[str]) -> None:
    assert vault.unseal_many(vault.seal_many(values, "name"), "name") == values


def test_equal_values_are_sealed_differently_and_show_nothing() -> None:
    first, second = vault.seal_many(["+8613800138000"] * 2, "phone")
    assert first.ciphertext != second.ciphertext
    assert first.ciphertext[:12] != second.ciphertext[:12]
    assert b"13800138000" not in first.ciphertext + second.ciphertext


def test_the_format_is_plain_aes_256_gcm(key_file: Path) -> None:
    sealed = vault.seal("a@b.example", "email")
    key = vault_keys.from_file(key_file).seal[sealed.key_id]
    assert len(key) == 32
    plain = AESGCM(key).decrypt(
        sealed.ciphertext[:12], sealed.ciphertext[12:], b"regulars/1/email\0"
    )
    assert plain == b"a@b.example"


def test_the_hash_is_plain_hmac_sha256(key_file: Path) -> None:
    vault.keyed_hash("a", "email")
    key = vault_keys.from_file(key_file).look_up
    values = ["", "a@b.example", "王伟", "x" * 200]
    assert vault.keyed_digests(values, "email") == [
        hmac.digest(key, b"regulars/1/email\0" + value.encode(), "sha256") for value in values
    ]


def test_another_purpose_does_not_open() -> None:
    sealed = vault.seal("+8613800138000", "phone")
    with pytest.raises(VaultError, match="sealed for another purpose"):
        vault.unseal(sealed, "name")


@pytest.mark.parametrize("position", [0, 12, -1])
def test_a_changed_byte_does_not_open(position: int) -> None:
    sealed = vault.seal("+8613800138000", "phone")
    raw = bytearray(sealed.ciphertext)
    raw[position] ^= 1
    with pytest.raises(VaultError, match="was changed"):
        vault.unseal(Sealed(sealed.key_id, bytes(raw)), "phone")


@pytest.mark.parametrize("length", [0, 5, 12, 20])
def test_a_shortened_value_does_not_open(length: int) -> None:
    sealed = vault.seal("+8613800138000", "phone")
    with pytest.raises(VaultError):
        vault.unseal(Sealed(sealed.key_id, sealed.ciphertext[:length]), "phone")


def test_a_missing_key_is_named() -> None:
    sealed = vault.seal("x", "phone")
    with pytest.raises(VaultError, match="'k-lost'"):
        vault.unseal(Sealed("k-lost", sealed.ciphertext), "phone")


def test_a_value_needs_a_purpose() -> None:
    with pytest.raises(VaultError, match="needs a purpose"):
        vault.seal("x", "")


def test_rotation_seals_with_the_new_key_and_opens_the_old() -> None:
    old = vault.seal_many(["a", "b"], "phone")
    hashed = vault.keyed_hash("a", "phone")
    new_key = vault.add_key()
    fresh = vault.seal("c", "phone")
    assert fresh.key_id == new_key != old[0].key_id
    assert vault.unseal_many([*old, fresh], "phone") == ["a", "b", "c"]
    moved = vault.reseal_many([*old, fresh], "phone")
    assert [sealed.key_id for sealed in moved] == [new_key] * 3
    assert moved[2] is fresh
    assert vault.unseal_many(moved, "phone") == ["a", "b", "c"]
    assert vault.keyed_hash("a", "phone") == hashed
    assert vault.check() == tuple(sorted([new_key, old[0].key_id]))
    assert AuditEvent.objects.filter(action="rotate_key", object_id=new_key).count() == 1


def test_the_hash_depends_on_value_and_purpose() -> None:
    hashes = {
        *vault.keyed_hash_many(["a", "b", "a"], "phone"),
        *vault.keyed_hash_many(["a", "b"], "email"),
    }
    assert len(hashes) == 4
    assert all(len(hashed) == 64 for hashed in hashes)


def test_the_key_file_is_for_its_owner_only(key_file: Path) -> None:
    vault.seal("x", "phone")
    vault.add_key()
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(key_file.parent.stat().st_mode) == 0o700
    assert sorted(json.loads(key_file.read_text())) == ["active", "look_up", "seal"]


def test_makers_at_the_same_moment_agree_on_one_file(key_file: Path) -> None:
    found: list[str] = []
    makers = [
        threading.Thread(target=lambda: found.append(vault_keys.from_file(key_file).active))
        for _ in range(8)
    ]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert [entry.name for entry in key_file.parent.iterdir()] == ["vault.json"]


def test_adders_at_the_same_moment_lose_no_key(key_file: Path) -> None:
    first = vault_keys.from_file(key_file)
    adders = [threading.Thread(target=vault_keys.add_to_file, args=[key_file]) for _ in range(6)]
    for adder in adders:
        adder.start()
    for adder in adders:
        adder.join()
    ring = vault_keys.from_file(key_file)
    assert len(ring.seal) == 7
    assert first.seal.items() <= ring.seal.items()
    assert ring.look_up == first.look_up


def test_a_lost_key_file_is_an_error_and_not_a_fresh_start(key_file: Path) -> None:
    vault.seal("x", "phone")
    key_file.unlink()
    with pytest.raises(VaultError, match="key file is gone"):
        vault.check()
    assert not key_file.exists()


def test_an_exchanged_look_up_key_is_refused(key_file: Path) -> None:
    vault.seal("x", "phone")
    keys = json.loads(key_file.read_text())
    keys["look_up"] = next(iter(keys["seal"].values()))
    key_file.write_text(json.dumps(keys))
    with pytest.raises(VaultError, match="'look_up' is not the one"):
        vault.check()


def test_a_removed_old_key_is_reported(key_file: Path) -> None:
    old = vault.active_key_id()
    vault.add_key()
    keys = json.loads(key_file.read_text())
    del keys["seal"][old]
    key_file.write_text(json.dumps(keys))
    with pytest.raises(VaultError, match=f"lack {old}"):
        vault.check()


def test_the_ledger_remembers_checks_and_no_keys(key_file: Path) -> None:
    vault.seal("x", "phone")
    text = key_file.read_text()
    for held in VaultKey.objects.all():
        assert held.check_value not in text
    assert VaultKey.objects.count() == 2


def test_keys_from_the_environment_are_used_and_not_written(
    monkeypatch: pytest.MonkeyPatch, key_file: Path, tmp_path: Path
) -> None:
    made = tmp_path / "elsewhere.json"
    ring = vault_keys.from_file(made)
    monkeypatch.setenv("REGULARS_VAULT_KEYS_FILE", str(made))
    sealed = vault.seal("x", "phone")
    assert sealed.key_id == ring.active
    assert not key_file.exists()
    with pytest.raises(VaultError, match="cannot be written from here"):
        vault.add_key()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"active": "k", "seal": {}, "look_up": "AAAA"}', '{"active": 1}'],
)
def test_unreadable_keys_are_named_by_place_and_never_shown(text: str) -> None:
    with pytest.raises(VaultError) as caught:
        vault_keys.parsed(text, "the place")
    assert str(caught.value).startswith("the place: the vault's keys cannot be read")
    assert caught.value.__cause__ is None


def test_an_active_key_that_is_not_there_is_refused(key_file: Path) -> None:
    vault_keys.from_file(key_file)
    keys = json.loads(key_file.read_text())
    keys["active"] = "kother"
    with pytest.raises(VaultError, match="'kother' is not under seal"):
        vault_keys.parsed(json.dumps(keys), "here")


def test_keys_are_not_printed(key_file: Path) -> None:
    assert "seal=" not in repr(vault_keys.from_file(key_file))
