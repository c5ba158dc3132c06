"""Addresses of the API."""

from __future__ import annotations

from django.urls import path

from regulars.api.reference.views import openapi, reference
from regulars.api.v1.routes import api

urlpatterns = [
    path("api/v1/docs", reference, name="api_reference"),
    path("api/v1/openapi.json", openapi, name="api_schema"),
    path("api/v1/", api.urls),
]
