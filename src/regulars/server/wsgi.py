"""The WSGI application: plain for any server, and as granian serves it, with its threads."""

from __future__ import annotations

import os

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.server.settings")
application = get_wsgi_application()


def warmed() -> WSGIHandler:
    """Return the application of a web process that keeps figures and the API's answers warm.

    To import this module starts no thread: a test or a shell that does so stays as it was.
    """
    from regulars.api.v1 import warming as api_warming
    from regulars.console.background import warming

    warming.start()
    api_warming.start()
    # Import every page now, not on the first visitor's time.
    _ = get_resolver().url_patterns
    return application
