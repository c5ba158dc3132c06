"""What rules may speak of: a ``Vocabulary`` of fields, facts and audiences.

``lake_vocabulary`` takes attributes, features and facts from the lake's contracts.
"""

from regulars.science.rules.vocabulary.fields import Fact, FactColumn, Field, Label, ValueType
from regulars.science.rules.vocabulary.lake import lake_vocabulary
from regulars.science.rules.vocabulary.vocabulary import NAME, RESERVED, Vocabulary

__all__ = [
    "NAME",
    "RESERVED",
    "Fact",
    "FactColumn",
    "Field",
    "Label",
    "ValueType",
    "Vocabulary",
    "lake_vocabulary",
]
