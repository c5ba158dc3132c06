"""Addresses of the Insights pages."""

from __future__ import annotations

from django.urls import path

from regulars.console.views.insights import alerts, lifecycle, models, rfm, risk, value

urlpatterns = [
    path("insights/", rfm.insights, name="insights"),
    path("insights/rfm/", rfm.rfm, name="insights_rfm"),
    path("insights/lifecycle/", lifecycle.lifecycle, name="insights_lifecycle"),
    path("insights/value/", value.value, name="insights_value"),
    path("members/<slug:member_id>/value/", value.member_value, name="member_value"),
    path("insights/risk/", risk.risk, name="insights_risk"),
    path("insights/alerts/", alerts.alerts, name="insights_alerts"),
    path("insights/models/", models.models, name="insights_models"),
]
