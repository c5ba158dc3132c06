"""The form of a new API key. What it checks, the service checks again."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.api.types import RATE_DEFAULT, RATE_MAX, ApiScope, KeyDetails
from regulars.apps.accounts.types import (
    SCOPE_IDS_MAX,
    DataScope,
    ScopeChoices,
    ScopeKind,
    ScopeName,
    scope_ids_in,
)
from regulars.base.business_time import zone
from regulars.base.errors import RuleError


class KeyForm(forms.Form):
    """What an administrator decides about an API key."""

    name = forms.CharField(
        label=gettext_lazy("Which system will use the key"),
        max_length=100,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
        help_text=gettext_lazy("Such as: POS of the region East, warehouse, mini-program."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What the key may do"),
        choices=ApiScope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )
    scope_kind = forms.ChoiceField(
        label=gettext_lazy("Data scope"),
        choices=ScopeKind.choices,
        initial=ScopeKind.STORE,
        widget=forms.Select({"class": "form-select"}),
        help_text=gettext_lazy("For this key, members outside of it do not exist."),
    )
    scope_ids = forms.CharField(
        label=gettext_lazy("Regions, stores or guides"),
        required=False,
        widget=forms.TextInput(
            {"class": "form-control", "list": "scope-choices", "autocomplete": "off"}
        ),
        help_text=gettext_lazy("Their ids, separated by commas. Empty for headquarters."),
    )
    rate_per_minute = forms.IntegerField(
        label=gettext_lazy("Requests per minute, at most"),
        min_value=1,
        max_value=RATE_MAX,
        initial=RATE_DEFAULT,
        widget=forms.NumberInput({"class": "form-control num"}),
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput({"class": "form-control num", "type": "date"}),
        help_text=gettext_lazy("Empty: until it is revoked."),
    )

    def __init__(self, data: Any = None, *, choices: ScopeChoices) -> None:
        super().__init__(data)
        self.choices = choices

    def clean_scope_ids(self) -> tuple[str, ...]:
        """Return the ids, each once, in the order given."""
        ids = scope_ids_in(self.cleaned_data["scope_ids"])
        if len(ids) > SCOPE_IDS_MAX:
            raise forms.ValidationError(
                _("At most %(max)d ids; use a region for more."), params={"max": SCOPE_IDS_MAX}
            )
        return ids

    def clean(self) -> dict[str, Any]:
        """Check that scope and ids go together and that the ids exist."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        kind, ids = cast("ScopeName", cleaned["scope_kind"]), cleaned["scope_ids"]
        unknown = self.choices.unknown(kind, ids)
        if kind == "hq" and ids:
            self.add_error("scope_ids", _("Headquarters sees everything: leave this empty."))
        elif kind != "hq" and not ids:
            self.add_error("scope_ids", _("Name at least one id, or the key sees nobody."))
        elif unknown:
            wording = _("There is no such id: %(ids)s") % {"ids": ", ".join(unknown)}
            self.add_error("scope_ids", wording)
        return cleaned

    def details(self) -> KeyDetails:
        """Return what the form says; a key lives to the end of its last day."""
        cleaned = self.cleaned_data
        return KeyDetails(
            name=cleaned["name"],
            scopes=tuple(ApiScope(scope) for scope in cleaned["scopes"]),
            data_scope=DataScope(cast("ScopeName", cleaned["scope_kind"]), cleaned["scope_ids"]),
            rate_per_minute=cleaned["rate_per_minute"],
            expires_at=_end_of(cleaned["expires_on"]) if cleaned["expires_on"] else None,
        )

    def refuse(self, error: RuleError) -> None:
        """Show a service's refusal at the field it names, else above the form."""
        fields = {"data_scope": "scope_ids", "expires_at": "expires_on"}
        field = fields.get(error.where, error.where)
        wording = [text for text in (error.what, error.fix) if text]
        self.add_error(field if field in self.fields else None, wording)


def _end_of(day: date) -> datetime:
    if day == date.max:
        raise RuleError(_("This day is too far away."), where="expires_at")
    clock = zone(settings.REGULARS_BRAND.zone)
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=clock)
