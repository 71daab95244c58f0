"""The protocol: signed calls, authorisations, tokens, envelopes. Nothing else knows a URL.

An account set's own key and secret are asked for with the application's; with these a token is
asked for, and with the token everything else is done. The secret is another one every day, a token
lives for a day, and only two a minute are given out: both are kept, and asked for anew when they
are refused. The gateway looks at them before anything is done, so that a call that it refuses is
repeated once, writes included. So is one whose signature it refuses: the time is part of it, and an
answer tells the right one.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from adapters.kingdee_xingchen.answers import OWN, Lost, Unsigned, Words, data_of, unrecognised
from adapters.kingdee_xingchen.forms import form_of
from adapters.kingdee_xingchen.settings import KingdeeXingchenSettings
from adapters.kingdee_xingchen.signing import app_signature, headers, query_text
from connector.contract import Http
from connector.errors import AccessDenied, OutcomeUnknown, Rejected
from connector.kit.millis import millis
from connector.kit.shared import Shared
from connector.messages import say

AUTHORISE = "/jdyconnector/app_management/push_app_authorize"
TOKEN = "/jdyconnector/app_management/kingdee_auth_token"  # noqa: S105 - a path
OPERATE = "/jdy/v2/sys/common_operate"
UNITS = "bd/measure_unit"
LIFE = timedelta(hours=22)
"""How long a token is used; it is good for 24 hours."""
AUTHORISED = "1"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """An account set that has authorised the application."""

    id: str
    key: str
    secret: str = field(repr=False)
    domain: str


@dataclass(frozen=True, slots=True)
class Token:
    """A token, for what it was given, and how long it is used."""

    text: str = field(repr=False)
    account: Account
    until: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list, and how many rows match in all."""

    rows: list[Row]
    count: int


class Client:
    """Calls of one connection. Safe for several threads."""

    def __init__(self, settings: KingdeeXingchenSettings, http: Http) -> None:
        self._settings = settings
        self._http = http
        self.words = Words.of(settings)
        self._account = Shared(self._authorise)
        self._token = Shared(self._log_in, lambda token: http.now() < token.until)

    # -- reading ----------------------------------------------------------------------------

    def page(self, name: str, filters: Mapping[str, str], index: int, size: int) -> Listed:
        """One page of a list, by its number."""
        query = {**filters, "page": str(index), "page_size": str(size)}
        data = self._call("GET", f"/jdy/v2/{name}", query)
        try:
            count = int(data["count"])
            rows = data["rows"] if count else []
        except (KeyError, TypeError, ValueError):
            raise unrecognised(str(data), writes=False) from None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise unrecognised(str(data), writes=False)
        return Listed(rows, count)

    def detail(self, name: str, **by: str) -> Row | None:
        """A whole record by its `id` or `number`; None: it is not there."""
        try:
            data = self._call("GET", f"/jdy/v2/{name}_detail", by)
        except Rejected as refusal:
            if self.words.missing.search(str(refusal)):
                return None
            raise
        if data and not isinstance(data, dict):
            raise unrecognised(str(data), writes=False)
        return data or None

    # -- writing ----------------------------------------------------------------------------

    def save(self, name: str, data: Mapping[str, Any]) -> str:
        """Save one record; its key."""
        told = self._call("POST", f"/jdy/v2/{name}", {}, data, writes=True)
        ids = told.get("ids") if isinstance(told, dict) else None
        if not isinstance(ids, list) or len(ids) != 1 or not ids[0]:
            raise OutcomeUnknown(say("xingchen_no_result"), answer=str(told)[:2000])
        return str(ids[0])

    def operate(self, name: str, verb: str, key: str, *, ignore_warnings: bool) -> None:
        """Take a step with one record. Raises what the platform says."""
        body = {
            "entity_number": form_of(name).entity,
            "operate_type": verb,
            "ids": [key],
            "ignore_warn": ignore_warnings,
        }
        self._call("POST", OPERATE, {}, body, writes=True)

    # -- who and when -----------------------------------------------------------------------

    def check(self) -> Account:
        """The account set, once it has let us in."""
        self.page(UNITS, {}, 1, 1)
        return self._token.get().account

    def now(self) -> datetime:
        """The platform's own time, whole seconds. It is its word, never ours."""
        self._token.get()
        return self._http.now().astimezone(self._settings.zone).replace(microsecond=0)

    def within(self, requests: int) -> AbstractContextManager[None]:
        """Whatever is called inside takes no longer than so many of the longest requests."""
        return self._http.within(requests * self._settings.timeout)

    @property
    def sessions(self) -> int:
        """Tokens that are held."""
        return int(self._token.held is not None)

    def _authorise(self) -> Account:
        """The account set's key and its secret of today."""
        query = {"outerInstanceId": self._settings.outer_instance_id}
        # Nothing is changed by asking again.
        try:
            data = self._told("POST", AUTHORISE, query)
        except Lost as lost:
            raise _not_let_in(lost) from None
        except Rejected as refusal:
            raise _denied(refusal) from None
        try:
            several = [_account(one) for one in data if str(one["status"]) == AUTHORISED]
        except (KeyError, TypeError):
            raise unrecognised("", writes=False) from None
        wanted = self._settings.account_id
        found = [one for one in several if wanted in ("", one.id)]
        if len(found) != 1:
            names = ", ".join(one.id for one in several)
            raise AccessDenied(say("xingchen_accounts", found=names))
        return found[0]

    def _log_in(self) -> Token:
        account = self._account.get()
        try:
            return self._given(account)
        except Lost:
            account = self._account.get(lost=account)
        try:
            return self._given(account)
        except Lost as lost:
            raise _not_let_in(lost) from None

    def _given(self, account: Account) -> Token:
        """A new token. Raises Lost where the secret is another one by now."""
        signature = app_signature(account.key, account.secret)
        query = {"app_key": account.key, "app_signature": signature}
        try:
            text = str(self._told("GET", TOKEN, query)["app-token"])
        except Rejected as refusal:
            raise _denied(refusal) from None
        except (KeyError, TypeError):
            raise unrecognised("", writes=False) from None
        return Token(text, account, self._http.now() + LIFE)

    # -- sending ----------------------------------------------------------------------------

    def _call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: Any = None,
        *,
        writes: bool = False,
    ) -> Any:
        """The data of a call. Loses the token at most once."""
        token = self._token.get()
        try:
            return self._once(method, path, query, body, token, writes)
        except Lost as lost:
            if lost.secret:
                self._account.get(lost=token.account)
            token = self._token.get(lost=token)
        try:
            return self._once(method, path, query, body, token, writes)
        except Lost as lost:
            raise _not_let_in(lost) from None

    def _once(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: Any,
        token: Token,
        writes: bool,
    ) -> Any:
        more = {"app-token": token.text}
        if self._settings.router and token.account.domain:
            more["X-GW-Router-Addr"] = token.account.domain
        return self._told(method, path, query, body, more, writes=writes)

    def _told(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: Any = None,
        more: Mapping[str, str] | None = None,
        *,
        writes: bool = False,
    ) -> Any:
        """The data of a signed call, whose time may be wrong once."""
        try:
            return self._sent(method, path, query, body, more or {}, writes)
        except Unsigned:
            pass
        try:
            return self._sent(method, path, query, body, more or {}, writes)
        except Unsigned as unsigned:
            raise unsigned.refusal from None

    def _sent(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: Any,
        more: Mapping[str, str],
        writes: bool,
    ) -> Any:
        settings = self._settings
        signed = headers(
            settings.client_id,
            settings.client_secret.get_secret_value(),
            method,
            path,
            query,
            nonce=str(secrets.randbelow(10**10)),
            timestamp=str(millis(self._http.now())),
        )
        url = f"{path}?{query_text(query)}" if query else path
        answer = self._http.send(
            method, url, json=body, headers={**signed, **more}, writes=writes, own=OWN
        )
        return data_of(answer, self.words, writes=writes)


def _account(data: Mapping[str, Any]) -> Account:
    return Account(
        str(data["accountId"]), str(data["appKey"]), str(data["appSecret"]),
        str(data.get("domain") or ""),
    )  # fmt: skip


def _denied(refusal: Rejected) -> AccessDenied:
    """Whatever is refused to who asks to be let in keeps us out."""
    return AccessDenied(refusal.words, code=refusal.code, answer=refusal.answer)


def _not_let_in(lost: Lost) -> AccessDenied:
    return AccessDenied(say("xingchen_not_let_in"), answer=str(lost))
