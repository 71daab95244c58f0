"""The protocol: addresses, the three headers, pages, envelopes. Nothing else knows a URL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.chanjet_tplus.answers import OWN, TokenLost, Words, data_of
from adapters.chanjet_tplus.forms import form_of
from adapters.chanjet_tplus.settings import ChanjetTPlusSettings
from adapters.chanjet_tplus.tokens import Token, Tokens
from connector.clock import Clock
from connector.contract import Http
from connector.errors import AccessDenied, Gone, OutcomeUnknown, Rejected, Transient
from connector.messages import say

API = "/tplus/api/v2/"
CHEAP = "warehouse"
"""An archive of a few records."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list of bills."""

    rows: list[Row]
    pages: int
    """How many there are."""


class Client:
    """Calls of one connection. Safe for several threads."""

    def __init__(self, settings: ChanjetTPlusSettings, http: Http, clock: Clock) -> None:
        self._settings = settings
        self._http = http
        self._words = Words(
            re.compile(settings.taken_text),
            re.compile(settings.changed_text),
            re.compile(settings.missing_text),
        )
        self._tokens = Tokens(settings, self._ask, http.now, clock)

    # -- bills ------------------------------------------------------------------------------

    def page(self, name: str, index: int, size: int) -> Listed:
        """One page of a list, from 0 on: ids, numbers, foreign numbers, row versions."""
        body: Row = {
            "pageIndex": index + self._settings.first_page, "pageSize": size,
            "selectFields": [], "paramDic": {},
        }  # fmt: skip
        data = self._call(f"{name}OpenApi/FindVoucherList", body)
        try:
            columns = [str(one).rpartition(".")[2].lower() for one in data["Columns"]]
            rows = [dict(zip(columns, row, strict=True)) for row in data["Rows"]]
            return Listed(rows, int(data.get("TotalPageNum") or 0))
        except (KeyError, TypeError, ValueError):
            raise _unrecognised(data) from None

    def document(self, name: str, **by: str) -> Row | None:
        """A whole bill by `voucherID`, `voucherCode` or `externalCode`; None: it is not there."""
        try:
            data = self._call(f"{name}OpenApi/GetVoucherDTO", {"param": by})
        except Gone:
            return None
        if data is not None and not isinstance(data, dict):
            raise _unrecognised(data)
        return data or None

    def create(self, name: str, dto: Row) -> Any:
        """A new bill, or record of an archive; what is said of it, in either style."""
        form = form_of(name)
        return self._call(form.create, {"dto": dto}, writes=True)

    def save(self, name: str, method: str, dto: Row) -> None:
        """Change what is there: `Update`, or `Change` of what is audited."""
        self._call(f"{_service(name)}/{method}", {"dto": dto}, writes=True)

    def step(self, name: str, method: str, key: str) -> None:
        """An action on one bill: `Audit`, `UnAudit`, `Close`."""
        self._call(f"{_service(name)}/{method}", {"param": {"voucherID": key}}, writes=True)

    # -- archives and stock -----------------------------------------------------------------

    def archive(self, name: str, param: Row) -> list[Row]:
        """One page of an archive, or all of it where it has no pages."""
        form = form_of(name)
        return _rows(self._call(f"{name}/{form.query}", {form.wrap: param}))

    # -- who and when -----------------------------------------------------------------------

    def check(self) -> None:
        """The cheapest call that needs all of key, secret and token."""
        self.archive(CHEAP, {})

    def now(self) -> datetime:
        """The platform's own time, whole seconds. It is its word, never ours."""
        self._tokens.get()
        return self._http.now().astimezone(self._settings.zone).replace(microsecond=0)

    def within(self, requests: int) -> AbstractContextManager[None]:
        """Whatever is called inside takes no longer than so many of the longest requests."""
        return self._http.within(requests * self._settings.timeout)

    def keep(self, ticket: str) -> None:
        """The platform has pushed another ticket."""
        self._tokens.keep(ticket)

    @property
    def sessions(self) -> int:
        """Tokens that are held."""
        return int(self._tokens.held)

    # -- sending ----------------------------------------------------------------------------

    def _call(self, path: str, body: Mapping[str, Any], *, writes: bool = False) -> Any:
        """What a call says. Loses the token at most once: it is refused before anything is done, so
        that a write, too, may be repeated."""
        token = self._tokens.get()
        try:
            return self._once(path, body, token, writes)
        except TokenLost:
            token = self._tokens.get(lost=token)
        try:
            return self._once(path, body, token, writes)
        except TokenLost as lost:
            raise AccessDenied(say("tplus_not_let_in"), code="50107", answer=str(lost)) from None

    def _once(self, path: str, body: Mapping[str, Any], token: Token, writes: bool) -> Any:
        headers = {**self._named(), "openToken": token.text}
        answer = self._http.send(
            "POST", API + path, json=body, headers=headers, writes=writes, own=OWN
        )
        return data_of(answer, self._words, writes=writes)

    def _ask(self, method: str, path: str, body: Any) -> Any:
        """What is asked without a token: whatever is refused here keeps us out. Nothing is
        repeated, for what renews a token is good for once."""
        answer = self._http.send(
            method, path, json=body, headers=self._named(), writes=True, own=OWN
        )
        try:
            return data_of(answer, self._words, writes=True)
        except TokenLost as lost:
            raise AccessDenied(say("tplus_not_let_in"), answer=str(lost)) from None
        except (Rejected, Gone) as refusal:
            raise AccessDenied(refusal.words, code=refusal.code, answer=refusal.answer) from None
        except OutcomeUnknown as unclear:
            raise Transient(unclear.words, code=unclear.code, answer=unclear.answer) from None

    def _named(self) -> dict[str, str]:
        secret = self._settings.app_secret.get_secret_value()
        return {"appKey": self._settings.app_key, "appSecret": secret}


def _service(name: str) -> str:
    return f"{name}OpenApi" if form_of(name).is_bill else name


def _rows(data: Any) -> list[Row]:
    """Rows of an answer. One without a list is an error, not an empty page."""
    rows = data.get("Data", data.get("Rows")) if isinstance(data, dict) else data
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _unrecognised(data)
    return rows


def _unrecognised(data: Any) -> Transient:
    return Transient(say("tplus_unrecognised"), answer=str(data)[:2000])
