"""Every address of the house."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("regulars.apps.accounts.urls")),
    path("", include("regulars.console.urls")),
    path("", include("regulars.api.urls")),
]

handler403 = "regulars.console.views.errors.forbidden"
handler404 = "regulars.console.views.errors.not_found"
handler500 = "regulars.console.views.errors.server_error"
