"""Forms of the accounts room. What they check, the services check again."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.apps.accounts.types import (
    ROLE_SCOPES,
    SCOPE_IDS_MAX,
    Action,
    DataScope,
    Role,
    ScopeChoices,
    ScopeKind,
    ScopeName,
    StaffDetails,
    StaffUser,
    scope_ids_in,
)
from regulars.base.errors import RuleError


class SignInForm(forms.Form):
    """Name and password."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=64,
        widget=forms.TextInput({"autocomplete": "username", "class": "form-control"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password", "class": "form-control"}),
    )

    def refuse(self) -> None:
        """Say no without saying which of the two was wrong."""
        self.add_error(None, _("This user name and password do not go together."))


class StaffForm(forms.Form):
    """What an administrator decides about an existing user."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        required=False,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=Role.choices,
        widget=forms.Select({"class": "form-select"}),
    )
    scope_kind = forms.ChoiceField(
        label=gettext_lazy("Data scope"),
        choices=ScopeKind.choices,
        initial=ScopeKind.STORE,
        widget=forms.Select({"class": "form-select"}),
        help_text=gettext_lazy("The user sees the members of this part of the brand only."),
    )
    scope_ids = forms.CharField(
        label=gettext_lazy("Regions, stores or guides"),
        required=False,
        widget=forms.TextInput(
            {"class": "form-control", "list": "scope-choices", "autocomplete": "off"}
        ),
        help_text=gettext_lazy("Their ids, separated by commas. Empty for headquarters."),
    )

    def __init__(
        self, data: Any = None, *, choices: ScopeChoices, username: str = "", **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.choices = choices
        self.held_username = username

    @staticmethod
    def held(user: StaffUser) -> dict[str, str]:
        """Return the user's present values."""
        return {
            "name": user.name,
            "role": user.role.value,
            "scope_kind": user.scope.kind,
            "scope_ids": ", ".join(user.scope.ids),
        }

    def clean_scope_ids(self) -> tuple[str, ...]:
        """Return the ids, each once, in the order given."""
        ids = scope_ids_in(self.cleaned_data["scope_ids"])
        if len(ids) > SCOPE_IDS_MAX:
            raise forms.ValidationError(
                _("At most %(max)d ids; use a region for more."), params={"max": SCOPE_IDS_MAX}
            )
        return ids

    def clean(self) -> dict[str, Any]:
        """Check that role, scope and ids go together and that the ids exist."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        kind, ids = cast("ScopeName", cleaned["scope_kind"]), cleaned["scope_ids"]
        allowed = ROLE_SCOPES[Role(cleaned["role"])]
        if kind not in allowed:
            names = ", ".join(str(ScopeKind(name).label) for name in allowed)
            wording = _("This role goes with the data scope %(names)s.") % {"names": names}
            self.add_error("scope_kind", wording)
        elif kind == "hq" and ids:
            self.add_error("scope_ids", _("Headquarters sees everything: leave this empty."))
        elif kind != "hq" and not ids:
            self.add_error("scope_ids", _("Name at least one id, or the user sees nobody."))
        else:
            unknown = self.choices.unknown(kind, ids)
            if unknown:
                wording = _("There is no such id: %(ids)s") % {"ids": ", ".join(unknown)}
                self.add_error("scope_ids", wording)
        return cleaned

    def details(self) -> StaffDetails:
        """Return what the form says."""
        kind = cast("ScopeName", self.cleaned_data["scope_kind"])
        return StaffDetails(
            username=self.cleaned_data.get("username", self.held_username),
            name=self.cleaned_data["name"],
            role=Role(self.cleaned_data["role"]),
            scope=DataScope(kind, self.cleaned_data["scope_ids"]),
        )


class StaffPasswordForm(forms.Form):
    """A new password for another user."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password", "class": "form-control"}),
        help_text=gettext_lazy("At least 8 characters, not a common word, not only digits."),
    )


class NewStaffForm(StaffForm, StaffPasswordForm):
    """Everything about a new user."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=64,
        validators=[
            RegexValidator(
                r"^[\w.@+-]+$", gettext_lazy("Letters, digits and . @ + - _ only, without blanks.")
            )
        ],
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
        help_text=gettext_lazy("For signing in. It cannot be changed later."),
    )
    field_order = ("username", "name", "role", "scope_kind", "scope_ids", "password")


class OwnPasswordForm(forms.Form):
    """The present and the new password."""

    old = forms.CharField(
        label=gettext_lazy("Present password"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password", "class": "form-control"}),
    )
    new = forms.CharField(
        label=gettext_lazy("New password"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password", "class": "form-control"}),
        help_text=gettext_lazy("At least 8 characters, not a common word, not only digits."),
    )


class ProfileForm(forms.Form):
    """Name, language and theme."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        required=False,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=settings.LANGUAGES,
        widget=forms.Select({"class": "form-select"}),
    )
    theme = forms.ChoiceField(
        label=gettext_lazy("Theme"),
        choices=(
            ("auto", gettext_lazy("As the device")),
            ("light", gettext_lazy("Light")),
            ("dark", gettext_lazy("Dark")),
        ),
        widget=forms.Select({"class": "form-select"}),
    )


class AuditForm(forms.Form):
    """Filters of the audit trail."""

    action = forms.ChoiceField(
        label=gettext_lazy("Action"),
        required=False,
        choices=[("", gettext_lazy("All actions")), *Action.choices],
        widget=forms.Select({"class": "form-select"}),
    )
    actor = forms.CharField(
        label=gettext_lazy("User name"),
        required=False,
        max_length=64,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )
    first_day = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.DateInput({"type": "date", "class": "form-control"}),
    )
    last_day = forms.DateField(
        label=gettext_lazy("To"),
        required=False,
        widget=forms.DateInput({"type": "date", "class": "form-control"}),
    )


def add_error(form: forms.Form, error: RuleError) -> None:
    """Show a service's refusal at the field it names, else above the form."""
    field = error.where if error.where in form.fields else None
    form.add_error(field, [text for text in (error.what, error.fix) if text])
