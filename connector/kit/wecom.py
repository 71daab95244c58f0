"""WeCom (企业微信), called by an application of the company's own (自建应用): its token, and what
answers mean.

A token lives for two hours, and asked again WeCom gives the same one. It is kept until WeCom
refuses it: then it is renewed once, and the call sent again, for nothing was done with it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr

from connector.contract import Http, Settings
from connector.errors import AccessDenied, Rejected, Transient
from connector.kit.errcodes import Codes
from connector.kit.shared import Shared
from connector.messages import say

LOST = frozenset({"40014", "42001"})
"""The token is not valid, or not any more."""
CODES = Codes(
    denied=LOST | {
        "60020",  # our address is not one that the application trusts
        "40056",  # there is no such application
        "48002",  # the application may not make this call
        "301055",  # nor call approvals, or whoever asks does not see it
        "301056",  # the company has switched approvals off
    },
    too_fast=frozenset({"45009", "45033"}),
    broken=frozenset({
        "301026",  # an approval, or a template, could not be read
        "301057",  # one could not be made: "general error"
    }),
)  # fmt: skip


class WeComSettings(Settings):
    """What is told of any such application."""

    base_url: str = "https://qyapi.weixin.qq.com"
    """Where the application calls."""
    corpid: str
    """The company's id (企业 ID)."""
    corpsecret: SecretStr
    """The application's Secret."""


class Application:
    """Calls of one connection. Safe for several threads."""

    def __init__(self, settings: WeComSettings, http: Http) -> None:
        self._settings = settings
        self._http = http
        self._token = Shared(self._log_in)

    def check(self) -> None:
        """Ask for a token, whether we have one or not."""
        self._token.get(lost=self._token.held)

    def post(self, path: str, body: Any, *, writes: bool) -> dict[str, Any]:
        """What WeCom says of a call that it has done."""
        token = self._token.get()
        try:
            return self._sent(path, body, token, writes=writes)
        except AccessDenied as refusal:
            if refusal.code not in LOST:
                raise
        return self._sent(path, body, self._token.get(lost=token), writes=writes)

    def _sent(self, path: str, body: Any, token: str, *, writes: bool) -> dict[str, Any]:
        address = f"{path}?{urlencode({'access_token': token})}"
        answer = self._http.send("POST", address, json=body, writes=writes)
        return CODES.judge(answer, writes=writes)

    def _log_in(self) -> str:
        settings = self._settings
        query = urlencode(
            {"corpid": settings.corpid, "corpsecret": settings.corpsecret.get_secret_value()}
        )
        answer = self._http.send("GET", f"/cgi-bin/gettoken?{query}")
        try:
            token = CODES.judge(answer, writes=False).get("access_token")
        except Rejected as refusal:
            words = say("wecom_not_let_in", words=str(refusal))
            raise AccessDenied(words, code=refusal.code, answer=refusal.answer) from None
        if not token:
            raise Transient(say("wecom_no_token"))
        return str(token)
