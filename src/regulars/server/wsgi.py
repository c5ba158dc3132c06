"""The WSGI application: plain for any server, and as granian serves it, with its threads."""

from __future__ import annotations

import gc
import os

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

# Beyond it a web process listens all the same, and its first callers wait for their own answers.
READY_WITHIN_SECONDS = 20.0

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.server.settings")
application = get_wsgi_application()


def warmed() -> WSGIHandler:
    """Return the application of a web process that keeps figures and the API's answers warm.

    The server listens once this returns: what the API's callers ask for is read by then, or its
    time is over. To import this module starts no thread: a test or a shell that does so stays as
    it was.
    """
    from regulars.api.v1 import warming as api_warming
    from regulars.console.background import warming

    # Import every page now, not on the first visitor's time.
    _ = get_resolver().url_patterns
    warming.start()
    api_warming.start(wait_seconds=READY_WITHIN_SECONDS)
    # What is kept from here on for long is never garbage: no collection need go through it.
    gc.collect()
    gc.freeze()
    return application
