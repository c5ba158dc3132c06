"""Addresses of the Insights pages."""

from __future__ import annotations

from django.urls import path

from regulars.console.views.insights import alerts, lifecycle, models, rfm

urlpatterns = [
    path("insights/", rfm.insights, name="insights"),
    path("insights/rfm/", rfm.rfm, name="insights_rfm"),
    path("insights/lifecycle/", lifecycle.lifecycle, name="insights_lifecycle"),
    path("insights/alerts/", alerts.alerts, name="insights_alerts"),
    path("insights/models/", models.models, name="insights_models"),
]
