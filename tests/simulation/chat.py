"""A virtual chat: what is said in it stays said, and nobody can ask for it."""

from __future__ import annotations

from typing import Any

from tests.oracle.history import Call, Entry
from tests.simulation.scheduler import Scheduler
from tests.simulation.wire import Sent


class Chat:
    """A group with a robot."""

    name = "chat"
    skew = 0.0

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self.said: list[Entry] = []
        self.calls: list[Call] = []
        self.token = "token-1"
        self.secret = ""
        self.down = (0.0, 0.0)

    def called(self, path: str, fate: str, who: str, body: Any) -> None:
        self.calls.append(Call(self._scheduler.now, self.name, path, fate, who))

    def handle(self, path: str, body: Any, token: str, sent: Sent) -> tuple[int, Any]:
        if path == "login":
            return 200, {"ok": True, "token": self.token}
        if token != self.token:
            return 200, {"ok": False, "code": "session", "message": "session expired"}
        if path == "say":
            self._say(body, sent)
        return 200, {"ok": True, "tenant": "chat-1"}

    def _say(self, body: Any, sent: Sent) -> None:
        now, id = self._scheduler.now, str(body["id"])
        said = Entry(now, "connector", "say", "message", id, id, dict(body), dict(body), *sent)
        self.said.append(said)
