"""Addresses of the Insights pages."""

from __future__ import annotations

from django.urls import path

from regulars.console.views.insights import alerts, lifecycle, models, rfm, risk, value
from regulars.console.views.insights.lookalike import expansion, wizard

urlpatterns = [
    path("insights/", rfm.insights, name="insights"),
    path("insights/rfm/", rfm.rfm, name="insights_rfm"),
    path("insights/lifecycle/", lifecycle.lifecycle, name="insights_lifecycle"),
    path("insights/value/", value.value, name="insights_value"),
    path("members/<slug:member_id>/value/", value.member_value, name="member_value"),
    path("insights/risk/", risk.risk, name="insights_risk"),
    path("insights/alerts/", alerts.alerts, name="insights_alerts"),
    path("insights/lookalike/", wizard.lookalike, name="insights_lookalike"),
    path("insights/lookalike/<slug:run_id>/", expansion.expansion, name="insights_expansion"),
    path("insights/lookalike/<slug:run_id>/keep/", expansion.keep, name="insights_expansion_keep"),
    path(
        "insights/lookalike/<slug:run_id>/export/",
        expansion.export,
        name="insights_expansion_export",
    ),
    path("insights/models/", models.models, name="insights_models"),
]
