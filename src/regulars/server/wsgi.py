"""The WSGI application that granian serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.server.settings")
application = get_wsgi_application()

from regulars.api.v1 import warming as api_warming  # noqa: E402 — Django's apps must be ready first
from regulars.console.background import warming  # noqa: E402

warming.start()
api_warming.start()

# Import every page now, not on the first visitor's time.
_ = get_resolver().url_patterns
