"""Registers the console with Django."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    """The pages of the house."""

    name = "regulars.console"
    label = "console"
    verbose_name = _("Console")

    def ready(self) -> None:
        """Let the figures forget whom the members room erases."""
        from regulars.apps.members.hooks import on_erasure_committed
        from regulars.console.figures.digests import leave_out_erased

        on_erasure_committed(leave_out_erased)
