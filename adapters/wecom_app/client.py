"""The protocol: a token for the company and its application, and messages with it.

A token lives for two hours, and asked again WeCom gives the same one. It is kept until WeCom
refuses it: then it is renewed once, and the message sent again, for nothing was done with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from adapters.wecom_app.answers import CODES, LOST
from adapters.wecom_app.settings import WeComAppSettings
from connector.contract import Http
from connector.errors import AccessDenied, Rejected, Transient
from connector.kit.shared import Shared
from connector.messages import say


class Client:
    """Calls of one connection. Safe for several threads."""

    def __init__(self, settings: WeComAppSettings, http: Http) -> None:
        self._settings = settings
        self._http = http
        self._token = Shared(self._log_in)

    def check(self) -> None:
        """Ask for a token, whether we have one or not."""
        self._token.get(lost=self._token.held)

    def send(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        """What WeCom says of a message that it has taken."""
        token = self._token.get()
        try:
            return self._sent(message, token)
        except AccessDenied as refusal:
            if refusal.code not in LOST:
                raise
        return self._sent(message, self._token.get(lost=token))

    def _sent(self, message: Mapping[str, Any], token: str) -> Mapping[str, Any]:
        path = f"/cgi-bin/message/send?{urlencode({'access_token': token})}"
        return CODES.judge(self._http.send("POST", path, json=message, writes=True))

    def _log_in(self) -> str:
        settings = self._settings
        query = urlencode(
            {"corpid": settings.corpid, "corpsecret": settings.corpsecret.get_secret_value()}
        )
        answer = self._http.send("GET", f"/cgi-bin/gettoken?{query}")
        try:
            token = CODES.judge(answer, writes=False).get("access_token")
        except Rejected as refusal:
            words = say("wecom_app_not_let_in", words=str(refusal))
            raise AccessDenied(words, code=refusal.code, answer=refusal.answer) from None
        if not token:
            raise Transient(say("wecom_app_no_token"))
        return str(token)
