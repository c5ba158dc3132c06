"""The Django app of the members room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    """One id, identifiers, merges, reviews."""

    name = "regulars.apps.members"
    label = "members"
    verbose_name = _("Members")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Answer the loads' question whose rows they hold."""
        from regulars.apps.ingest.hooks import register_member_resolver
        from regulars.apps.members.services.resolver import LedgerResolver

        register_member_resolver(LedgerResolver())
