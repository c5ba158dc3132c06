"""The Django app of the ingest room."""

from __future__ import annotations

from django.apps import AppConfig


class IngestConfig(AppConfig):
    """Loads, quarantine and quality notes."""

    name = "regulars.apps.ingest"
    label = "ingest"
    default_auto_field = "django.db.models.BigAutoField"
