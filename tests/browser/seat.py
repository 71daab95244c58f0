"""Seats before a real Chromium: of which size, in which language, and who sits there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.browser.firm import Firm

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "build" / "shots"
"""Where pages are photographed."""
PASSWORD = "a long and plain pass phrase"
SIZES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
LANGUAGES = ("zh", "en")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
"""As root in a container, and without a word to anybody."""
PATIENCE = 45_000
"""Milliseconds in which a page must show what is expected; both systems may have to be asked."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium; the variable CHROMIUM names it where it is not on the path."""
    from playwright.sync_api import expect, sync_playwright

    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert program, "Chromium is not there: install it, or name it in CHROMIUM"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Seats:
    """Whoever comes sits down before a page of the console."""

    browser: Browser
    firm: Firm
    known: dict[str, Any] = field(default_factory=dict)
    """What browsers keep of those who have logged in."""
    complaints: list[str] = field(default_factory=list)
    """Errors of scripts and of the console, and requests that went elsewhere than to it."""
    _open: ExitStack = field(default_factory=ExitStack)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """All seats that are taken meanwhile are left at the end."""
        self.complaints.clear()
        with ExitStack() as self._open:
            yield
        assert not self.complaints, "\n".join(self.complaints)

    def stranger(self, size: str = "desktop", language: str = "zh", **more: Any) -> Page:
        """Somebody whom the console does not know; `more`: how their browser is set."""
        return self._page(size, language, **more)

    def of(self, login: str, size: str = "desktop", language: str = "zh", **more: Any) -> Page:
        """Somebody who has logged in."""
        if login not in self.known:
            page = self._page()
            self.come_in(page, self.firm.invited(login))
            self.known[login] = page.context.storage_state()
        return self._page(size, language, storage_state=self.known[login], **more)

    def come_in(self, page: Page, link: str) -> None:
        """Set a password by an invitation."""
        page.goto(link)
        page.get_by_label("新密码").fill(PASSWORD)
        page.get_by_label("再输入一次").fill(PASSWORD)
        page.get_by_role("button", name="设置密码").click()
        page.wait_for_url(f"{self.firm.home}/")

    def photographed(self, name: str) -> None:
        """Every page that is open now."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        pages = [page for context in self.browser.contexts for page in context.pages]
        for n, page in enumerate(pages):
            page.screenshot(path=SHOTS / f"failed-{name}-{n}.png", full_page=True)

    def _page(self, size: str = "desktop", language: str = "zh", **more: Any) -> Page:
        context = self.browser.new_context(base_url=self.firm.home, **SIZES[size], **more)
        self._open.callback(context.close)
        context.set_default_timeout(PATIENCE)
        context.add_cookies([{"name": "language", "value": language, "url": self.firm.home}])
        self._watch(context)
        return context.new_page()

    def _watch(self, context: BrowserContext) -> None:
        host = urlsplit(self.firm.home).netloc

        def said(message: ConsoleMessage) -> None:
            refused = "Failed to load resource" in message.text
            if message.type in ("error", "warning") and not refused:
                self.complaints.append(message.text)

        context.on("console", said)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("response", lambda answer: answer.status < 500
                   or self.complaints.append(f"{answer.status} {answer.url}"))  # fmt: skip
        context.on("request", lambda request: urlsplit(request.url).netloc == host
                   or self.complaints.append(request.url))  # fmt: skip
