"""Typed readers of environment variables that fail loudly.

A secret ``X`` may also stand in a file whose path is in ``X_FILE``; an installation may keep its
own defaults as ``NAME=value`` lines in a file.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from regulars.base.errors import ConfigurationError


def text(name: str, default: str | None = None) -> str:
    """Return the variable, or the content of the file that ``<name>_FILE`` names."""
    value = os.environ.get(name)
    file = os.environ.get(f"{name}_FILE")
    if value is not None and file is not None:
        raise ConfigurationError(f"{name} and {name}_FILE are both set", fix="Keep one of them")
    if file is not None:
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigurationError(
                f"the file cannot be read: {error.strerror}", where=f"{name}_FILE={file}"
            ) from error
    if value is None:
        if default is None:
            raise ConfigurationError(f"{name} is not set", fix=f"Set {name} or {name}_FILE")
        return default
    return value


def integer(name: str, default: int) -> int:
    """Return the variable as a whole number."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise ConfigurationError(f"{value!r} is not a whole number", where=name) from error


def boolean(name: str, *, default: bool) -> bool:
    """Return the variable as a boolean: 1, true, yes, on or 0, false, no, off."""
    value = text(name, "true" if default else "false").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ConfigurationError(f"{value!r} is neither true nor false", where=name)


def folder(name: str, default: Path) -> Path:
    """Return the variable as an absolute folder path; the folder need not exist yet."""
    return Path(text(name, str(default))).expanduser().resolve()


def words(name: str, default: str = "") -> list[str]:
    """Return the variable's comma-separated words, without empty ones."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def choices(name: str, allowed: Collection[str]) -> list[str]:
    """Return the variable's comma-separated words, each of which must be ``allowed``.

    Raises:
        ConfigurationError: A word is none of them.
    """
    found = words(name)
    unknown = [word for word in found if word not in allowed]
    if unknown:
        raise ConfigurationError(
            f"there is no {', '.join(unknown)}", where=name, fix=f"Use {', '.join(sorted(allowed))}"
        )
    return found


def read_defaults(path: Path) -> None:
    """Take the ``NAME=value`` lines of a file for unset variables; no file is no line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}", where=str(path)) from error
    said = set(os.environ)
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.strip().isidentifier():
            raise ConfigurationError(
                f"{line!r} is not of the form NAME=value", where=f"{path}, line {number}"
            )
        # X and X_FILE are one setting: whichever the environment has, it has said this one.
        setting = name.strip().removesuffix("_FILE")
        if not {setting, f"{setting}_FILE"} & said:
            os.environ.setdefault(name.strip(), value.strip())
