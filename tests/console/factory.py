"""A firm with a console: its pages as a browser fetches them, without one."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from connector.console.serving import Serving
from connector.console.web import make
from connector.engine import deriving
from connector.messages import set_language
from connector.store import migrate
from connector.store.engine import Store
from tests.database import empty_store
from tests.reviews.factory import PEOPLE, REVIEW, Reviewed, reviewed

HOME = "http://127.0.0.1:8090"
CONSOLE = "language: en\nconsole: {address: '127.0.0.1:8090'}\n"
MORE = """  look: {logins: [look], roles: [viewer]}
  ops: {logins: [ops], roles: [operator]}
"""
PASSWORD = "a long and plain pass phrase"
OURS = {"sec-fetch-site": "same-origin"}


@dataclass
class Browser:
    """Somebody's browser."""

    client: TestClient

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, **more)

    def post(self, path: str, form: Any = None, headers: Any = None, **more: Any) -> Any:
        return self.client.post(path, data=form or {}, headers=headers or OURS, **more)

    def log_in(self, login: str, password: str = PASSWORD) -> Any:
        return self.post("/login", {"login": login, "password": password})


@dataclass
class Office:
    """The firm, and whoever sits before its console."""

    reviewed: Reviewed
    serving: Serving = None  # type: ignore[assignment]
    clients: list[TestClient] = field(default_factory=list)

    @property
    def site(self) -> Any:
        return self.reviewed.site

    def start(self, more: str = "", *, review: str = "", flow: str = "") -> Office:
        """(Re)start with this configuration; `review`: orders are reviewed."""
        self.close()
        self.reviewed.people = PEOPLE + MORE + CONSOLE + more
        self.reviewed.start(review=review, flow=flow)
        self.serving = Serving(self.site.directory / "config.yaml", self.site.clock)
        set_language("en")
        return self

    def close(self) -> None:
        for client in self.clients:
            client.close()
        self.clients.clear()
        if self.serving is not None:
            self.serving.close()

    def go(self) -> None:
        """What the daemon does, once over."""
        self.reviewed.go()
        deriving.run(self.site.system)

    def stranger(self, base: str = HOME, **more: Any) -> Browser:
        """Somebody whom nobody knows."""
        made = TestClient(
            make(self.serving), base, raise_server_exceptions=False, follow_redirects=False, **more
        )
        self.clients.append(made)
        return Browser(made)

    def as_(self, login: str) -> Browser:
        """Somebody who is logged in."""
        accounts, browser = self.serving.app.accounts, self.stranger()
        accounts.welcome(accounts.invite(login, "test"), PASSWORD)
        assert browser.log_in(login).status_code == 303
        return browser

    def token(self, login: str, most: str = "admin") -> dict[str, str]:
        """The header with which a program of theirs comes."""
        secret = self.serving.app.accounts.make_token(login, "test", most, 30, "test")
        return {"authorization": f"Bearer {secret}"}

    def rejected(self, **fields: Any) -> None:
        """The order O1 stands in the CRM, and the ERP refuses it."""
        self.site.order(**fields)
        self.go()


@contextmanager
def office(directory: Path, store_url: str) -> Iterator[Office]:
    store = Store(store_url)
    if store.path is None:
        migrate.prepare(store)
    else:
        shutil.copy(empty_store(), store.path)
    store.close()
    with reviewed(directory, store_url) as made:
        found = Office(made)
        try:
            yield found
        finally:
            found.close()


def text(answer: Any) -> str:
    """A page's words, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


__all__ = ["OURS", "PASSWORD", "REVIEW", "Browser", "Office", "office", "text"]
