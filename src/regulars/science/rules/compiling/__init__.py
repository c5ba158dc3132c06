"""The compiler: checked rules to one Ibis table of decisions, choices to one of values."""

from regulars.science.rules.compiling.choices import compile_choices
from regulars.science.rules.compiling.compile import compile_rule, compile_rules
from regulars.science.rules.compiling.sources import Tables

__all__ = ["Tables", "compile_choices", "compile_rule", "compile_rules"]
