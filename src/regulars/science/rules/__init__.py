"""The one language of rules: for tags, audiences, journey splits, earning rules and alerts.

A rule is a tree of small typed parts (`nodes`) that speaks of what a `Vocabulary` knows. It has a
JSON form and a text form (`forms`) and one compiler to Ibis (`compiling`), which decides many rules
for all members, or for some of them, in one reading of each table. `uses` says what it depends on,
`touched_members` whom a change can move. What is unknown raises.
"""

from regulars.science.rules.checking import checked
from regulars.science.rules.choices import Amount, Cases, Choice, amount_from_text, rules_of
from regulars.science.rules.compiling import (
    Tables,
    compile_choices,
    compile_rule,
    compile_rules,
)
from regulars.science.rules.forms import from_json, from_text, to_json, to_text
from regulars.science.rules.lineage import Uses, touched_members, uses
from regulars.science.rules.vocabulary import (
    Fact,
    FactColumn,
    Field,
    Label,
    ValueType,
    Vocabulary,
    lake_vocabulary,
)

__all__ = [
    "Amount",
    "Cases",
    "Choice",
    "Fact",
    "FactColumn",
    "Field",
    "Label",
    "Tables",
    "Uses",
    "ValueType",
    "Vocabulary",
    "amount_from_text",
    "checked",
    "compile_choices",
    "compile_rule",
    "compile_rules",
    "from_json",
    "from_text",
    "lake_vocabulary",
    "rules_of",
    "to_json",
    "to_text",
    "touched_members",
    "uses",
]
