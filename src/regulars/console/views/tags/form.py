"""The form of a tag. What it checks, the service checks again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.apps.tags.queries import categories, tags
from regulars.apps.tags.types import Derivation, MadeBy, Origin, TagDefinition, ValueType
from regulars.base.errors import RuleError
from regulars.console.contexts.tags.wording import named
from regulars.console.views.tags.lines import (
    bucket_lines,
    buckets_in,
    value_lines,
    values_in,
)

_LINE = re.compile(r"values\[(\d+)\]\.when, (.*)")


def _text(label: Any, hint: Any = "", *, required: bool = True) -> forms.CharField:
    widget = forms.TextInput({"class": "form-control", "autocomplete": "off"})
    return forms.CharField(label=label, help_text=hint, required=required, widget=widget)


def _area(label: Any, hint: Any, *, rows: int = 3) -> forms.CharField:
    kind = {"class": "form-control code", "rows": rows, "spellcheck": "false", "wrap": "off"}
    return forms.CharField(label=label, help_text=hint, required=False, widget=forms.Textarea(kind))


def _choice(label: Any, choices: Any, initial: str) -> forms.ChoiceField:
    widget = forms.Select({"class": "form-select"})
    return forms.ChoiceField(label=label, choices=choices, initial=initial, widget=widget)


class TagForm(forms.Form):
    """Everything that is said of a tag."""

    code = _text(gettext_lazy("Code"), gettext_lazy("Its name in rules, for good: spending_band"))
    name_zh = _text(gettext_lazy("Chinese name"))
    name_en = _text(gettext_lazy("English name"))
    definition_zh = _text(gettext_lazy("Definition in Chinese"), required=False)
    definition_en = _text(
        gettext_lazy("Definition in English"),
        gettext_lazy("One of the two definitions is mandatory."),
        required=False,
    )
    category = forms.ChoiceField(
        label=gettext_lazy("Category"), widget=forms.Select({"class": "form-select"})
    )
    source = _text(gettext_lazy("Source"), gettext_lazy("Where the values come from"))
    owner = _text(gettext_lazy("Answers for it"), gettext_lazy("A person or a team"))
    update_days = forms.IntegerField(
        label=gettext_lazy("Update cycle in days"),
        min_value=0,
        initial=1,
        help_text=gettext_lazy("0: never; after that many days its values are stale"),
        widget=forms.NumberInput({"class": "form-control"}),
    )
    made_by = _choice(gettext_lazy("Made by"), MadeBy.choices, MadeBy.RULE)
    value_type = _choice(gettext_lazy("Kind of value"), ValueType.choices, ValueType.QUALITATIVE)
    origin = _choice(gettext_lazy("Origin"), Origin.choices, Origin.BUSINESS)
    derivation = _choice(gettext_lazy("Derivation"), Derivation.choices, Derivation.FACT)
    values = _area(
        gettext_lazy("Values"),
        gettext_lazy(
            "One per line: code | Chinese | English | rule. The first rule that holds decides; "
            "one line may have no rule, for everybody else."
        ),
        rows=6,
    )
    take = _area(
        gettext_lazy("Or: the value is"),
        gettext_lazy("Such as: did order in last 365 days sum net_amount per did order count"),
        rows=2,
    )
    query = _area(
        gettext_lazy("Or: SQL"),
        gettext_lazy(
            "One SELECT of member_id and value over the lake's tables; $as_of is the date"
        ),
        rows=4,
    )
    per_member = forms.BooleanField(
        label=gettext_lazy("The query looks at each member's rows alone"),
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )
    buckets = _area(
        gettext_lazy("Buckets of a quantitative tag"),
        gettext_lazy("One per line: code | Chinese | English | below. The last has no bound."),
    )
    weight = forms.FloatField(
        label=gettext_lazy("Weight in scores"),
        initial=1.0,
        widget=forms.NumberInput({"class": "form-control", "step": "any"}),
    )
    half_life_days = forms.FloatField(
        label=gettext_lazy("Half-life of the weight in days"),
        required=False,
        help_text=gettext_lazy("Empty: the weight does not fade"),
        widget=forms.NumberInput({"class": "form-control", "step": "any"}),
    )

    def __init__(self, *args: Any, held: TagDefinition | None = None, **options: Any) -> None:
        self._held = held
        if held is not None:
            options.setdefault("initial", _said(held))
        super().__init__(*args, **options)
        tree = [(one.code, f"{'　' * (one.level - 1)}{named(one)}") for one in categories()]
        category = self.fields["category"]
        assert isinstance(category, forms.ChoiceField)  # noqa: S101 for the type checker
        category.choices = tree
        if held is not None:
            self.fields["code"].disabled = True

    def clean_code(self) -> str:
        """Refuse the code of another tag, in the reader's language."""
        code: str = self.cleaned_data["code"]
        if self._held is None and tags([code]):
            raise forms.ValidationError(
                _("Another tag has this code: choose another, or edit that.")
            )
        return code

    def clean(self) -> dict[str, Any]:
        """Demand one of the two definitions, in the reader's language."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not (said.get("definition_zh") or said.get("definition_en")):
            self.add_error(
                "definition_zh", _("Say in one of the two languages what the tag means.")
            )
        return said

    def definition(self) -> TagDefinition:
        """Return what was filled in; raise ``RuleError`` for a line that cannot be read."""
        return self._of(self.cleaned_data)

    def draft(self) -> TagDefinition:
        """Return what was filled in so far; what was not stands as in a new form."""
        blank = {name: field.initial for name, field in self.base_fields.items()}
        blank |= {name: "" for name, said in blank.items() if said is None}
        # No tag can have the code "new": it is an address of these pages.
        blank |= {"code": "new", "half_life_days": None}
        return self._of(blank | self.cleaned_data)

    def _of(self, filled: Mapping[str, Any]) -> TagDefinition:
        said = dict(filled)
        said["values"] = values_in(said["values"], self._held)
        said["buckets"] = buckets_in(said["buckets"])
        kinds = {"made_by": MadeBy, "value_type": ValueType, "origin": Origin}
        for name, kind in (kinds | {"derivation": Derivation}).items():
            said[name] = kind(said[name])
        for name in ("take", "query"):
            said[name] = said[name].strip()
        return TagDefinition(**said, model=self._held.model if self._held else None)

    def refuse(self, error: RuleError) -> None:
        """Show the error where it belongs."""
        where, text = told_where(error)
        self.add_error(where if where in self.fields else None, text)


def told_where(error: RuleError) -> tuple[str, str]:
    """Return the field an error is about, and what is wrong with it."""
    where, _comma, place = error.where.partition(", ")
    line = _LINE.fullmatch(error.where)
    if line:
        where = "values"
        said = {"line": int(line.group(1)) + 1, "place": line.group(2)}
        place = _("line %(line)s, %(place)s") % said
    text = f"{place}: {error.what}" if place else error.what
    return where, f"{text}. {error.fix}" if error.fix else text


def _said(held: TagDefinition) -> dict[str, Any]:
    said = {name: getattr(held, name) for name in TagForm.base_fields}
    return said | {"values": value_lines(held), "buckets": bucket_lines(held)}
