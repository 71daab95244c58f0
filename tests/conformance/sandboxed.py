"""What the handles of both simulated systems share: faults, time, and connecting."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar, Self

from connector.clock import Clock
from connector.contract import Adapter, Settings
from connector.http import Http
from connector.testing import Remote, SkippingClock
from sandbox.server import Application, start


class SandboxRemote(Remote):
    """A simulated system behind a real socket."""

    kind: ClassVar[type[Adapter]]
    creating: ClassVar[Sequence[str]]
    """Operations of the remote that create or change a record."""
    session_lost: ClassVar[str]
    """The system fault that ends a session."""
    secret: ClassVar[str]
    """The setting that a stranger does not know."""

    def __init__(self, server: Application, form: str) -> None:
        self.server: Any = server
        self.form = form
        self._made: list[Adapter] = []

    @classmethod
    @contextmanager
    def running(cls, *arguments: Any) -> Iterator[Self]:
        """A handle for as long as the test lasts."""
        made = cls(*arguments)
        try:
            yield made
        finally:
            made.stop()

    @cached_property
    def _served(self) -> tuple[str, Callable[[], None]]:
        """The address of a real socket, and how to close it."""
        return start(self.server)

    def stop(self) -> None:
        for adapter in self._made:
            adapter.close()
            adapter.http.close()  # type: ignore[attr-defined]
        self._served[1]()

    def connect(self, **settings: Any) -> Adapter:
        return self._connected(self._served[0], Http, **settings)

    def _connected(
        self, url: str, http: Callable[[Settings, Clock], Any], **settings: Any
    ) -> Adapter:
        stated, env = self.server.settings(url)
        secrets = {f"${{env:{name}}}": value for name, value in env.items()}
        known = {name: secrets.get(str(value), value) for name, value in stated.items()}
        usual = {**known, "rate": "", "timeout": 10}
        made: Settings = self.kind.settings_type.model_validate({**usual, **settings})
        clock = SkippingClock()
        adapter = self.kind(made, http(made, clock), clock)
        self._made.append(adapter)
        return adapter

    def stranger(self) -> Adapter:
        return self.connect(**{self.secret: "wrong-secret-of-a-stranger"})

    def pass_time(self, seconds: float) -> None:
        self.server.clock.advance(seconds)

    def shows_after(self, seconds: float) -> None:
        """Queries show a change only after so long."""
        self.server.switches["visible_after"] = seconds

    def ago(self, seconds: float) -> datetime:
        moment: datetime = self.server.clock.now() - timedelta(seconds=seconds)
        return moment

    def people(self, name: str, /, **arguments: Any) -> Any:
        with self.server.lock:
            return self.server.people()[name](**arguments)

    def saves(self) -> int:
        return sum(
            entry.kind == "commit" and entry.by == "api" and entry.operation in ("create", "update")
            for entry in self.server.ledger
            if entry.form == self.form
        )

    def drop_request(self) -> None:
        self._on_writes("drop_request")

    def lose_answer(self) -> None:
        self._on_writes("lose_answer")

    def garble_answer(self) -> None:
        self._on_writes("html_after")

    def answer_status(self, status: int, after: int = 0) -> None:
        self._fail(do="status", status=status, skip=after)

    def answer_html(self) -> None:
        self._fail(do="html")

    def end_session(self) -> None:
        self._fail(do="system", name=self.session_lost, times=1)

    def heal(self) -> None:
        self.server.faults.set([])

    def _on_writes(self, do: str) -> None:
        rules = [{"do": do, "operation": each, "times": 1} for each in self.creating]
        self.server.faults.set(rules)

    def _fail(self, **rule: Any) -> None:
        self.server.faults.set([rule])

    @abstractmethod
    def add(self, number: str = "") -> str: ...
