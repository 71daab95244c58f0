"""The sandbox itself: a company, its application, and what its members got from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sandbox.errcodes import ErrcodeSandbox, Refusal, Refused
from sandbox.server import NotJson, Request, from_json
from sandbox.throttle import Throttle

CORPID, AGENTID = "ww0123456789abcdef", 1000002
CORPSECRET = "demo-corpsecret-0123456789"
LIFE = 7200
"""Seconds that a token lives."""
MOST_BYTES = 2_048
A_MINUTE = 30
"""Messages to one member; the rest is dropped."""

SWITCHES: dict[str, Any] = {"members": ["zhangsan", "lisi"], "no_login": 40001}
"""`members`: who sees the application. `no_login`: the code by which a wrong company or secret is
refused; the fact sheet does not tell it, so nothing may depend on it."""

INVALID, EXPIRED = (40014, "invalid access_token"), (42001, "access_token expired")
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


class WeComAppSandbox(ErrcodeSandbox):
    """One company with one application."""

    system = "wecom_app"
    system_faults: ClassVar[Mapping[str, Refused]] = SYSTEM_FAULTS

    def __init__(self, *, seed: int = 1) -> None:
        super().__init__(seed=seed)
        self.switches = dict(SWITCHES)
        self._tokens: dict[str, datetime] = {}
        """Until when each is good, the newest last."""
        self._throttles: dict[str, Throttle] = defaultdict(lambda: Throttle(self.clock, A_MINUTE))
        self._before: dict[tuple[str, str], datetime] = {}
        """When something was last sent to some people."""
        self._said: list[dict[str, Any]] = []

    def name_call(self, request: Request) -> tuple[str, str]:
        return ROUTES.get((request.method, request.route), ("unknown", ""))

    def work(self, request: Request, operation: str) -> Mapping[str, Any]:
        if operation == "token":
            return self._log_in(request.query)
        self._admit(request.query.get("access_token", ""))
        return self._take(request.body)

    # -- tokens -----------------------------------------------------------------------------

    def _log_in(self, query: Mapping[str, str]) -> dict[str, Any]:
        if (query.get("corpid"), query.get("corpsecret")) != (CORPID, CORPSECRET):
            raise Refusal(self.switches["no_login"], "invalid credential")
        now = self.clock.now()
        good = [token for token, until in self._tokens.items() if now < until]
        if not good:
            good = [f"token-{len(self._tokens) + 1}-of-the-application"]
            self._tokens[good[0]] = now + timedelta(seconds=LIFE)
        return {"access_token": good[-1], "expires_in": LIFE}

    def _admit(self, token: str) -> None:
        if token not in self._tokens:
            raise Refusal(*INVALID)
        if self.clock.now() >= self._tokens[token]:
            raise Refusal(*EXPIRED)

    # -- messages ---------------------------------------------------------------------------

    def _take(self, raw: bytes) -> dict[str, Any]:
        body, content = _read(raw)
        named = [one for one in body.get("touser", "").split("|") if one]
        known = [one for one in named if one in self.switches["members"]]
        if not known:
            raise Refusal(81013, "user & party & tag all invalid")
        if not self._is_repeated(body, content):
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
