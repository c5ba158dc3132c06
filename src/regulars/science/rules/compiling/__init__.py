"""The compiler: checked rules to one Ibis table of decisions."""

from regulars.science.rules.compiling.compile import compile_rule, compile_rules
from regulars.science.rules.compiling.sources import Tables

__all__ = ["Tables", "compile_rule", "compile_rules"]
