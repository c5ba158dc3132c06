"""The Django app of the catalog room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    """Stores and products."""

    name = "regulars.apps.catalog"
    label = "catalog"
    verbose_name = _("Catalog")
