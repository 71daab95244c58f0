"""The sandbox itself: a group, its robot, and what was said in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from sandbox.errcodes import ErrcodeSandbox, Refusal, Refused
from sandbox.server import NotJson, Request, from_json
from sandbox.throttle import Throttle

KEY = "00000000-1111-4222-8333-444444444444"
MOST_BYTES = {"text": 2_048, "markdown": 4_096, "markdown_v2": 4_096}
A_MINUTE = 20

TOO_FAST = (45009, "api freq out of limit")
NO_ROBOT = (93000, "invalid webhook url")
SYSTEM_FAULTS = {
    "busy": (-1, "system busy"),
    "too_fast": TOO_FAST,
    "removed": NO_ROBOT,
    "repeats": (40008, "invalid message type: {address}"),
}
"""Refusals by the name of the fault."""

_MENTION = re.compile(r"<@([^<>]+)>")


class WeComRobotSandbox(ErrcodeSandbox):
    """One group with one robot."""

    system = "wecom_robot"
    system_faults: ClassVar[Mapping[str, Refused]] = SYSTEM_FAULTS

    def __init__(self, *, seed: int = 1) -> None:
        super().__init__(seed=seed)
        self._throttle = Throttle(self.clock, A_MINUTE)
        self._said: list[dict[str, Any]] = []

    def name_call(self, request: Request) -> tuple[str, str]:
        sends = (request.method, request.route) == ("POST", "/cgi-bin/webhook/send")
        return ("send", "robot") if sends else ("unknown", "")

    def work(self, request: Request, operation: str) -> Mapping[str, Any]:
        if request.query.get("key") != KEY:
            raise Refusal(*NO_ROBOT)
        said = _shown(request.body)
        if not self._throttle.admits():
            raise Refusal(*TOO_FAST)
        self._said.append(said)
        self.ledger.append("commit", "said", form="robot", key=str(len(self._said)), data=said)
        return {}

    # -- the side door ----------------------------------------------------------------------

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        settings = {
            "adapter": self.system,
            "base_url": url,
            "key": "${env:WECOM_KEY}",
            "allow_insecure_http": ["127.0.0.1"],
        }
        return settings, {"WECOM_KEY": KEY}

    def standing(self, form: str) -> list[dict[str, Any]]:
        """What was said, oldest first: `msgtype`, `content` and whom it mentions."""
        return self._said[:]


def _shown(raw: bytes) -> dict[str, Any]:
    """What the group sees of a body. Only the older Markdown mentions people in its text."""
    try:
        body = from_json(raw)
        kind = body["msgtype"]
        most = MOST_BYTES[kind]
    except (*NotJson, KeyError, TypeError):
        raise Refusal(40008, "invalid message type") from None
    content = (body.get(kind) or {}).get("content")
    if not content:
        raise Refusal(44004, "empty content")
    if len(content.encode()) > most:
        raise Refusal(45002, "content size out of limit")
    mentioned = _MENTION.findall(content) if kind == "markdown" else []
    return {"msgtype": kind, "content": content, "mentioned": mentioned}
