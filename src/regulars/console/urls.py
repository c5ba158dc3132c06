"""Addresses of the console."""

from __future__ import annotations

from django.urls import path

from regulars.console.views import preferences

app_name = "console"
urlpatterns = [
    path("preferences/language/", preferences.language, name="language"),
    path("preferences/theme/", preferences.theme, name="theme"),
    path("preferences/business-date/", preferences.business_date, name="business_date"),
]
