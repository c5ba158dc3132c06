"""The demo's own ``REGULARS_HOME``: claimed once, never over somebody's installation."""

from __future__ import annotations

from pathlib import Path

from regulars.base import environment
from regulars.base.errors import ConfigurationError

DEFAULTS = """\
# Written by `regulars demo`. Environment variables win over these lines.
REGULARS_BRAND_NAME=The Complete Journey
REGULARS_ZONE=America/New_York
REGULARS_CURRENCY=USD
REGULARS_REGION=US
"""


def claim_for_demo() -> None:
    """Make the home the demo's; raise ``ConfigurationError`` if it holds another installation.

    Runs before the settings are read, because it says which brand they are for.
    """
    home = environment.folder("REGULARS_HOME", Path("var"))
    file = home / "regulars.env"
    if file.exists():
        if file.read_text(encoding="utf-8") == DEFAULTS:
            return
    elif not (home / "ledger.sqlite3").exists():
        home.mkdir(parents=True, exist_ok=True)
        file.write_text(DEFAULTS, encoding="utf-8")
        return
    raise ConfigurationError(
        "this folder holds an installation that is not the demo",
        where=f"REGULARS_HOME={home}",
        fix="Set REGULARS_HOME to an empty folder for the demo",
    )
