"""The protocol: addresses, signatures, tokens, envelopes. Nothing else knows a URL.

Where a tenant's gateway stands is asked once and kept; when nobody answers there it is asked
again. One token is kept until shortly before it wears out. The gateway looks at it before anything
else is done, so a call that it refuses is repeated once with a new one, writes included.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from adapters.yonyou_yonbip.answers import PAUSE, TokenLost, Words, data_of, outcomes
from adapters.yonyou_yonbip.forms import form_of
from adapters.yonyou_yonbip.settings import YonyouYonBipSettings
from adapters.yonyou_yonbip.signing import signed_query
from connector.contract import Answer, Http
from connector.errors import AccessDenied, AdapterError, Gone, Rejected, Transient, Unreachable
from connector.kit.shared import Shared
from connector.messages import say

ROUTE = "/open-auth/dataCenter/getGatewayAddress"
TOKEN = {
    "app": "/open-auth/selfAppAuth/base/v1/getAccessToken",
    "suite": "/open-auth/suiteApp/base/v1/getAccessToken",
}
SPARE = 300
"""Seconds of a token's life that are left to calls under way."""
LEAST = 60
"""Seconds a token is used at least."""

Row = dict[str, Any]
Filter = tuple[str, str, Any, Any]
"""`(field, operator, value, second value)`; all of them must hold."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a tenant is reached."""

    gateway: str
    tokens: str


@dataclass(frozen=True, slots=True)
class Token:
    """A token and how long it is used."""

    text: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list."""

    rows: list[Row]
    more: bool
    """There are rows behind it."""


class Client:
    """Calls of one connection. Safe for several threads."""

    def __init__(self, settings: YonyouYonBipSettings, http: Http) -> None:
        self._settings = settings
        self._http = http
        self._words = Words(re.compile(settings.taken_text), re.compile(settings.changed_text))
        self._route = Shared(self._find_route)
        self._token = Shared(self._log_in, lambda token: http.now() < token.until)

    # -- reading ----------------------------------------------------------------------------

    def page(self, name: str, parameters: Mapping[str, Any], index: int, size: int) -> Listed:
        """One page of a list, by its number."""
        form = form_of(name)
        places: Row = {"pageIndex": index, "pageSize": size}
        if form.text_pages:
            places = {key: str(value) for key, value in places.items()}
        data = self._call("POST", f"{name}/{form.list}", {**places, **parameters})
        if form.bare:
            rows = _rows(data)
            return Listed(rows, len(rows) >= size)
        if not isinstance(data, dict):
            raise _unrecognised(data)
        rows = _rows(data.get("recordList"))
        pages = data.get("pageCount")
        more = int(pages) > index if pages is not None else len(rows) >= size
        return Listed(rows, more and bool(rows))

    def filtered(self, name: str, filters: Sequence[Filter], index: int, size: int) -> Listed:
        """One page of a list of bills that match, heads with their rows, in the order of the heads'
        ids as far as the form knows an order."""
        form = form_of(name)
        conditions = [_condition(*one) for one in filters]
        if form.nested and conditions:
            conditions = [{"logicOp": "and", "conditions": conditions}]
        body: Row = {"isSum": False, "simpleVOs": conditions}
        if form.ordered:
            body["queryOrders"] = [{"field": "id", "order": "asc"}]
        return self.page(name, body, index, size)

    def detail(self, name: str, **by: str) -> Row | None:
        """A whole record; None: it is not there."""
        try:
            data = self._call("GET", f"{name}/detail", query=by)
        except Gone:
            return None
        if data is not None and not isinstance(data, dict):
            raise _unrecognised(data)
        return data

    def details(self, name: str, method: str, keys: Sequence[str]) -> list[Row]:
        """Several whole records; those that are not there are left out."""
        return _rows(self._call("POST", f"{name}/{method}", [{"id": int(key)} for key in keys]))

    def stock(self, name: str, method: str, parameters: Mapping[str, Any]) -> list[Row]:
        """All rows of the stock that is asked for."""
        return _rows(self._call("POST", f"{name}/{method}", dict(parameters)))

    # -- writing ----------------------------------------------------------------------------

    def save(self, path: str, data: Mapping[str, Any]) -> Any:
        """One record; what the answer shows of it. Raises Repeated, too."""
        return self._call("POST", path, {"data": data}, writes=True)

    def act(
        self, path: str, records: Sequence[Mapping[str, Any]]
    ) -> dict[str, AdapterError | Mapping[str, Any]]:
        """An action on several records; what became of each, by its id."""
        data = self._call("POST", path, {"data": list(records)}, writes=True)
        return outcomes(data, [str(one["id"]) for one in records], self._words)

    # -- who and when -----------------------------------------------------------------------

    def check(self) -> None:
        """Ask for the tenant's addresses, and for a token where there is none. Where the addresses
        are given, a new token is the only thing to ask for."""
        if self._settings.gateway_url:
            self._token.get(lost=self._token.held)
            return
        self._route.get(lost=self._route.held)
        self._token.get()

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

    def _find_route(self) -> Route:
        settings = self._settings
        if settings.gateway_url:
            return Route(settings.gateway_url, settings.auth_url)
        query = urlencode({"tenantId": settings.tenant_id})
        data = self._let_in(self._http.send("GET", f"{ROUTE}?{query}"))
        try:
            return Route(str(data["gatewayUrl"]), str(data["tokenUrl"]))
        except (KeyError, TypeError):
            raise _unrecognised(data) from None

    def _log_in(self) -> Token:
        settings = self._settings
        named = {"appKey": settings.app_key}
        if settings.auth == "suite":
            named = {"suiteKey": settings.app_key, "tenantId": settings.tenant_id}
        named["timestamp"] = str(int(self._http.now().timestamp() * 1000))
        query = signed_query(named, settings.app_secret.get_secret_value())
        path = f"{TOKEN[settings.auth]}?{query}"
        data = self._let_in(self._http.send("GET", path, at=self._route.get().tokens))
        try:
            text, left = str(data["access_token"]), int(data["expire"])
            until = self._http.now() + timedelta(seconds=max(left - SPARE, LEAST))
        except (KeyError, TypeError, ValueError, OverflowError):
            raise _unrecognised("") from None
        return Token(text, until)

    def _let_in(self, answer: Answer) -> Any:
        """The data of what is asked without a token: whatever is refused here keeps us out."""
        try:
            return data_of(answer, self._words, writes=False)
        except TokenLost as lost:
            raise AccessDenied(say("yonyou_not_let_in"), answer=str(lost)) from None
        except Rejected as refusal:
            raise AccessDenied(refusal.words, code=refusal.code, answer=refusal.answer) from None

    # -- sending ----------------------------------------------------------------------------

    def _call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, str] | None = None,
        writes: bool = False,
    ) -> Any:
        """The data of a call. Loses the token at most once."""
        token = self._token.get()
        try:
            return self._once(method, path, body, query or {}, token, writes)
        except TokenLost:
            token = self._token.get(lost=token)
        try:
            return self._once(method, path, body, query or {}, token, writes)
        except TokenLost as lost:
            words = say("yonyou_not_let_in")
            raise AccessDenied(words, code="310036", answer=str(lost)) from None

    def _once(
        self,
        method: str,
        path: str,
        body: Any,
        query: Mapping[str, str],
        token: Token,
        writes: bool,
    ) -> Any:
        named = urlencode({"access_token": token.text, **query})
        route = self._route.get()
        try:
            answer = self._http.send(
                method, f"/yonbip/{path}?{named}", json=body, writes=writes, at=route.gateway
            )
        except Unreachable as error:
            if not error.code and self._route.held is route:
                self._route.give_up()
            error.retry_after = error.retry_after or (PAUSE if error.code else None)
            raise
        return data_of(answer, self._words, writes=writes)


def _condition(field: str, op: str, first: Any, second: Any) -> Row:
    made = {"field": field, "op": op, "value1": first}
    return made if second is None else made | {"value2": second}


def _rows(data: Any) -> list[Row]:
    """Rows of an answer. One without a list is an error, not an empty page."""
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise _unrecognised(data)
    return data


def _unrecognised(data: Any) -> Transient:
    return Transient(say("yonyou_unrecognised"), answer=str(data)[:2000])
