"""The Django app of the accounts room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Staff users, roles, data scope, audit trail and vault."""

    name = "regulars.apps.accounts"
    label = "accounts"
    verbose_name = _("Staff and roles")
    default_auto_field = "django.db.models.BigAutoField"
