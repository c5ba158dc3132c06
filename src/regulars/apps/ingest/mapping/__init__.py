"""Mappings: what the columns of a source mean, declared in YAML and checked before a row is read.

``parsed`` turns a file into frozen dataclasses or says at which key it is wrong; ``found`` finds
shipped mappings by name and an installation's own by path. Expressions are a small, checked part
of SQL over the source's columns.
"""

from __future__ import annotations

from regulars.apps.ingest.mapping.catalogue import (
    POSTED,
    MappingFile,
    found,
    is_set,
    listed,
    members_of_set,
)
from regulars.apps.ingest.mapping.expressions import Expression, expression
from regulars.apps.ingest.mapping.parse import parsed
from regulars.apps.ingest.mapping.types import (
    Identifier,
    Impute,
    Lookup,
    Mapping,
    MemberRule,
    Place,
    RowRule,
    Target,
)

__all__ = [
    "POSTED",
    "Expression",
    "Identifier",
    "Impute",
    "Lookup",
    "Mapping",
    "MappingFile",
    "MemberRule",
    "Place",
    "RowRule",
    "Target",
    "expression",
    "found",
    "is_set",
    "listed",
    "members_of_set",
    "parsed",
]
