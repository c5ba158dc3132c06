"""``python -m regulars.server`` is the same as ``regulars``."""

from __future__ import annotations

from regulars.server.cli import main

main()
