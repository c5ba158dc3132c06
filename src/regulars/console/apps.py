"""Registers the console with Django."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    """The pages of the house."""

    name = "regulars.console"
    label = "console"
    verbose_name = _("Console")
