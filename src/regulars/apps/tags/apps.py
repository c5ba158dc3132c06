"""The Django app of the tags room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TagsConfig(AppConfig):
    """Definitions of tags, their versions and packs."""

    name = "regulars.apps.tags"
    label = "tags"
    verbose_name = _("Tags")
    default_auto_field = "django.db.models.BigAutoField"
