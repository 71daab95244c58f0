"""The sandbox itself: a company, its application, and what its members got from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sandbox.errcodes import Refusal, Refused
from sandbox.server import NotJson, Request, from_json
from sandbox.throttle import Throttle
from sandbox.wecom import CORPID, CORPSECRET, INVALID, WeComSandbox

AGENTID = 1000002
MOST_BYTES = 2_048
A_MINUTE = 30
"""Messages to one member; the rest is dropped."""

SWITCHES: dict[str, Any] = {"members": ["zhangsan", "lisi"]}
"""`members`: who sees the application."""

SYSTEM_FAULTS = {
    "busy": (-1, "system busy"),
    "too_fast": (45009, "api freq out of limit"),
    "address": (60020, "not allow to access from your ip"),
    "invalid": INVALID,
    "repeats": (40008, "invalid message type: {address}"),
    "bare": (0, "ok"),
}
"""Refusals by the name of the fault, and an answer that says nothing but ok."""

ROUTES = {
    ("GET", "/cgi-bin/gettoken"): ("token", ""),
    ("POST", "/cgi-bin/message/send"): ("send", "app"),
}


class WeComAppSandbox(WeComSandbox):
    """One company with one application."""

    system = "wecom_app"
    system_faults: ClassVar[Mapping[str, Refused]] = SYSTEM_FAULTS

    def __init__(self, *, seed: int = 1) -> None:
        super().__init__(seed=seed)
        self.switches |= SWITCHES
        self._throttles: dict[str, Throttle] = defaultdict(lambda: Throttle(self.clock, A_MINUTE))
        self._before: dict[tuple[str, str], datetime] = {}
        """When something was last sent to some people."""
        self._said: list[dict[str, Any]] = []

    def name_call(self, request: Request) -> tuple[str, str]:
        return ROUTES.get((request.method, request.route), ("unknown", ""))

    # -- messages ---------------------------------------------------------------------------

    def done(self, body: bytes, operation: str) -> Mapping[str, Any]:
        message, content = _read(body)
        named = [one for one in message.get("touser", "").split("|") if one]
        known = [one for one in named if one in self.switches["members"]]
        if not known:
            raise Refusal(81013, "user & party & tag all invalid")
        if not self._is_repeated(message, content):
            self._deliver(known, content)
        unknown = "|".join(one for one in named if one not in known)
        return {"invaliduser": unknown, "msgid": f"msg-{len(self._said)}"}

    def _is_repeated(self, body: Mapping[str, Any], content: str) -> bool:
        """The same to the same people, within the interval that the sender wants."""
        now, what = self.clock.now(), (body["touser"], content)
        before, self._before[what] = self._before.get(what), now
        if before is None or not body.get("enable_duplicate_check"):
            return False
        return now - before < timedelta(seconds=int(body["duplicate_check_interval"]))

    def _deliver(self, people: list[str], content: str) -> None:
        """Whoever got too much in a minute gets nothing, and nobody hears of it."""
        reached = [one for one in people if self._throttles[one].admits()]
        self._said.append({"to": reached, "content": content})
        self.ledger.append(
            "commit", "said", form="app", key=f"msg-{len(self._said)}", data=self._said[-1]
        )

    # -- the side door ----------------------------------------------------------------------

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        settings = {
            "adapter": self.system,
            "base_url": url,
            "corpid": CORPID,
            "corpsecret": "${env:WECOM_CORPSECRET}",
            "agentid": AGENTID,
            "allow_insecure_http": ["127.0.0.1"],
        }
        return settings, {"WECOM_CORPSECRET": CORPSECRET}

    def standing(self, form: str) -> list[dict[str, Any]]:
        """What was said, oldest first: `content`, and `to`, the members who got it."""
        return self._said[:]


def _read(raw: bytes) -> tuple[dict[str, Any], str]:
    """A body and its content, if both can be."""
    try:
        body: dict[str, Any] = from_json(raw)
        content = body["markdown"]["content"]
        if body["msgtype"] != "markdown":
            raise KeyError("msgtype")
    except (*NotJson, KeyError, TypeError):
        raise Refusal(40008, "invalid message type") from None
    if body.get("agentid") != AGENTID:
        raise Refusal(40056, "invalid agentid")
    if not content:
        raise Refusal(44004, "empty content")
    if len(content.encode()) > MOST_BYTES:
        raise Refusal(45002, "content size out of limit")
    return body, content
