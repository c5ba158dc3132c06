"""Environment variables are read by type and refuse what they cannot understand."""

from __future__ import annotations

from pathlib import Path

import pytest

from regulars.base import environment
from regulars.base.errors import ConfigurationError


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s3cret\n")
    monkeypatch.setenv("KEY_FILE", str(tmp_path / "key"))

    assert environment.text("KEY") == "s3cret"


def test_a_value_in_both_places_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KEY", "a")
    monkeypatch.setenv("KEY_FILE", str(tmp_path / "key"))

    with pytest.raises(ConfigurationError, match="KEY and KEY_FILE are both set"):
        environment.text("KEY")


def test_a_missing_secret_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KEY_FILE", str(tmp_path / "nowhere"))

    with pytest.raises(ConfigurationError, match="nowhere"):
        environment.text("KEY")


def test_a_variable_without_default_must_be_set() -> None:
    with pytest.raises(ConfigurationError, match="SURELY_UNSET is not set"):
        environment.text("SURELY_UNSET")


@pytest.mark.parametrize(("written", "meant"), [("on", True), ("NO", False), ("1", True)])
def test_booleans(monkeypatch: pytest.MonkeyPatch, written: str, *, meant: bool) -> None:
    monkeypatch.setenv("FLAG", written)

    assert environment.boolean("FLAG", default=not meant) is meant


def test_what_is_neither_true_nor_false_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLAG", "perhaps")

    with pytest.raises(ConfigurationError, match="'perhaps' is neither true nor false"):
        environment.boolean("FLAG", default=True)


def test_a_number_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "80a")

    with pytest.raises(ConfigurationError, match="'80a' is not a whole number"):
        environment.integer("PORT", 8000)


def test_an_installation_keeps_defaults_in_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "regulars.env").write_text("# the brand\nBRAND_A = from file\nBRAND_B=2\n")
    monkeypatch.setenv("BRAND_A", "from environment")
    monkeypatch.delenv("BRAND_B", raising=False)

    environment.read_defaults(tmp_path / "regulars.env")

    assert environment.text("BRAND_A") == "from environment"
    assert environment.integer("BRAND_B", 0) == 2
    monkeypatch.delenv("BRAND_B")


def test_a_broken_line_is_named_with_its_number(tmp_path: Path) -> None:
    (tmp_path / "regulars.env").write_text("\nBRAND\n")

    with pytest.raises(ConfigurationError, match=r"line 2: 'BRAND' is not of the form"):
        environment.read_defaults(tmp_path / "regulars.env")


def test_words_that_are_not_among_the_choices_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_X", "social, blood")
    assert environment.choices("REGULARS_Y", ("social",)) == []
    assert environment.choices("REGULARS_X", ("social", "blood")) == ["social", "blood"]
    with pytest.raises(ConfigurationError, match=r"REGULARS_X: there is no blood\. Use social"):
        environment.choices("REGULARS_X", ("social",))
