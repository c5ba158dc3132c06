"""The properties by which tags are told apart."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class MadeBy(models.TextChoices):
    """How a tag's values come about."""

    RULE = "rule", pgettext_lazy("tag", "Rule")
    SQL = "sql", pgettext_lazy("tag", "SQL")
    MODEL = "model", pgettext_lazy("tag", "Model")
    IMPORT = "import", pgettext_lazy("tag", "Import")
    HAND = "hand", pgettext_lazy("tag", "By hand")

    @property
    def is_dynamic(self) -> bool:
        """Whether a refresh computes the values; otherwise they stay as they were given."""
        return self in {MadeBy.RULE, MadeBy.SQL, MadeBy.MODEL}


class ValueType(models.TextChoices):
    """What a value is."""

    QUALITATIVE = "qualitative", pgettext_lazy("tag", "Qualitative")
    QUANTITATIVE = "quantitative", pgettext_lazy("tag", "Quantitative")


class Volatility(models.TextChoices):
    """Whether values move by themselves."""

    STATIC = "static", pgettext_lazy("tag", "Static")
    DYNAMIC = "dynamic", pgettext_lazy("tag", "Dynamic")


class Origin(models.TextChoices):
    """Where the knowledge comes from."""

    BASE = "base", pgettext_lazy("tag", "Basic")
    BUSINESS = "business", pgettext_lazy("tag", "Business")
    SMART = "smart", pgettext_lazy("tag", "Intelligent")


class Derivation(models.TextChoices):
    """How sure a value is: seen, computed, or foreseen."""

    FACT = "fact", pgettext_lazy("tag", "Fact")
    MODEL = "model", pgettext_lazy("tag", "Model")
    PREDICTION = "prediction", pgettext_lazy("tag", "Prediction")
