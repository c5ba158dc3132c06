"""What a check found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from regulars.base.errors import RegularsError


class Health(StrEnum):
    """How a part is. Only ``FAILED`` makes the doctor's exit code 1."""

    FINE = "fine"
    NOTE = "note"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's table; ``fix`` says what to do about it."""

    part: str
    health: Health
    what: str
    fix: str = ""


Check = Callable[[], Iterator[Finding]]


def fine(part: str, what: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(part, Health.FINE, what)


def note(part: str, what: str, *, fix: str) -> Finding:
    """Return a finding that somebody should know and that breaks nothing."""
    return Finding(part, Health.NOTE, what, fix)


def failed(part: str, what: str, *, fix: str) -> Finding:
    """Return a finding that must be put right."""
    return Finding(part, Health.FAILED, what, fix)


def findings(part: str, check: Check) -> list[Finding]:
    """Run one check; an error inside it is its last finding."""
    found: list[Finding] = []
    try:
        found.extend(check())
    except RegularsError as error:
        what = f"{error.where}: {error.what}" if error.where else error.what
        found.append(failed(part, what, fix=error.fix or "See the docs, how-to/troubleshooting"))
    except Exception as error:  # noqa: BLE001 a doctor reports what broke the examination too
        found.append(
            failed(part, f"{type(error).__name__}: {error}", fix="Put this right and run it again")
        )
    return found
