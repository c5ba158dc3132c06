"""A Chromium that reports everything a customer would frown at."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.test import Client
from playwright.sync_api import expect, sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

    from regulars.apps.accounts.models import User

SCREENSHOTS = Path("tests") / "screenshots"
# Every chart has been drawn anew for the width of its place.
FITTED = """() => [...document.querySelectorAll("[data-chart] canvas")].every(
    (canvas) => canvas.clientWidth === canvas.closest("[data-chart]").clientWidth)"""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium."""
    # Playwright's loop makes Django believe that queries run in async code; they do not.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    path = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            yield browser
            browser.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@dataclass(slots=True)
class Visitor:
    """One browser window: where it is, and what went wrong in it."""

    context: BrowserContext
    page: Page
    base: str
    faults: list[str] = field(default_factory=list)

    def enter(self, user: User) -> None:
        """Sign in without the form."""
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        self.context.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": self.base}]
        )

    def go(self, address: str) -> None:
        """Open an address and wait until the page and its charts stand."""
        self.page.goto(self.base + address)
        self._wait_for_htmx()

    def settle(self) -> None:
        """Wait until nothing is under way that a click has begun."""
        self.page.wait_for_load_state("networkidle")
        self._wait_for_htmx()

    def _wait_for_htmx(self) -> None:
        # The page marks itself while htmx asks; a text to evaluate would breach its policy.
        expect(self.page.locator("html.busy")).to_have_count(0)

    def look(self, name: str, widths: tuple[int, ...] = (1440, 1024, 390)) -> None:
        """Take a picture at each width; a page wider than its window is a fault."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for width in widths:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.wait_for_function(FITTED)
            over = self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if over > 0:
                self.faults.append(f"{name} is {over} px too wide at {width}")
            safe = re.sub(r"[^a-z0-9-]+", "-", name.lower()).strip("-")
            self.page.screenshot(path=SCREENSHOTS / f"{safe}-{width}.png", full_page=True)
        self.page.set_viewport_size({"width": 1440, "height": 900})


def visitor(browser: Browser, base: str, language: str, theme: str) -> Visitor:
    """Open a window in a language and with a theme preferred by the system."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900},
        locale="zh-CN" if language == "zh-hans" else "en-US",
        color_scheme="dark" if theme == "dark" else "light",
        accept_downloads=True,
    )
    context.add_cookies([{"name": "django_language", "value": language, "url": base}])
    window = Visitor(context=context, page=context.new_page(), base=base)

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            window.faults.append(f"console: {message.text}")

    window.page.on("console", heard)
    window.page.on("pageerror", lambda error: window.faults.append(f"script: {error}"))
    return window
