"""The properties by which tags are told apart."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy as _p


class MadeBy(models.TextChoices):
    """How a tag's values come about."""

    RULE = "rule", _p("tag", "Rule")
    SQL = "sql", _p("tag", "SQL")
    MODEL = "model", _p("tag", "Model")
    IMPORT = "import", _p("tag", "Import")
    HAND = "hand", _p("tag", "By hand")

    @property
    def is_dynamic(self) -> bool:
        """Whether a refresh computes the values; otherwise they stay as they were given."""
        return self in {MadeBy.RULE, MadeBy.SQL, MadeBy.MODEL}


class ValueType(models.TextChoices):
    """What a value is."""

    QUALITATIVE = "qualitative", _p("tag", "Qualitative")
    QUANTITATIVE = "quantitative", _p("tag", "Quantitative")


class Volatility(models.TextChoices):
    """Whether values move by themselves."""

    STATIC = "static", _p("tag", "Static")
    DYNAMIC = "dynamic", _p("tag", "Dynamic")


class Origin(models.TextChoices):
    """Where the knowledge comes from."""

    BASE = "base", _p("tag", "Basic")
    BUSINESS = "business", _p("tag", "Business")
    SMART = "smart", _p("tag", "Intelligent")


class Derivation(models.TextChoices):
    """How sure a value is: seen, computed, or foreseen."""

    FACT = "fact", _p("tag", "Fact")
    MODEL = "model", _p("tag", "Model")
    PREDICTION = "prediction", _p("tag", "Prediction")
