"""How large a rule may be: more than anybody reads, less than an engine chokes on."""

from __future__ import annotations

DEPTH_MAX = 40
NODES_MAX = 500
VALUES_MAX = 1_000
STEPS_MAX = 10
DAYS_MAX = 36_500
TEXT_MAX = 1_000
RULE_TEXT_MAX = 200_000
INTEGER_MAX = 2**63 - 1
DECIMAL_DIGITS = 18
DECIMAL_PLACES = 4
