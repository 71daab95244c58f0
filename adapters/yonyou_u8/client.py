"""The protocol: addresses, tokens, envelopes, writes that are asked about until they are done.
Nothing else knows a URL.

A write is accepted at once, with an address where its outcome is told. Several are sent before any
is asked about, so that they are under way together. One token is kept until shortly before it
wears out; a call that it is refused for is repeated once with a new one, writes included, for the
relay looks at it before anything else is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from adapters.yonyou_u8.answers import (
    NOTHING,
    REFUSED,
    RUNNING,
    Nothing,
    Running,
    TokenLost,
    Words,
    classified,
    payload_of,
    unrecognised,
)
from adapters.yonyou_u8.forms import list_of
from adapters.yonyou_u8.settings import YonyouU8Settings
from connector.clock import Clock
from connector.contract import Http
from connector.errors import (
    AccessDenied,
    AdapterError,
    AlreadyExists,
    Locked,
    OutcomeUnknown,
    Rejected,
)
from connector.kit.shared import Shared
from connector.messages import say

SPARE = 300
"""Seconds of a token's life that are left to calls under way."""
LEAST = 60
"""Seconds a token is used at least."""
AGAIN = 1.0
"""Seconds after which a write that is still under way is asked about once more."""

REFUSALS = (Rejected, AlreadyExists, Locked)
"""What the outcome of a write may be; whatever else comes in its place tells nothing of it."""

Row = dict[str, Any]
Outcome = Mapping[str, Any] | AdapterError


@dataclass(frozen=True, slots=True)
class Token:
    """A token and how long it is used."""

    text: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list, and how many rows match in all."""

    rows: list[Row]
    count: int


@dataclass(frozen=True, slots=True)
class Call:
    """A write."""

    form: str
    verb: str
    body: Mapping[str, Any]
    own: str = ""
    """Our own id of it (`biz_id`): the relay does it once. Empty: it gets one of the relay's."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A write under way: where it is asked about, and after how many seconds."""

    where: str
    pause: float


class Client:
    """Calls of one connection. Safe for several threads."""

    def __init__(self, settings: YonyouU8Settings, http: Http, clock: Clock) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._words = Words.of(settings)
        self._token = Shared(self._log_in, lambda token: http.now() < token.until)

    # -- reading ----------------------------------------------------------------------------

    def page(self, name: str, filters: Mapping[str, Any], index: int, size: int) -> Listed:
        """One page of a list, by its number."""
        resource = list_of(name)
        query = {**filters, "page_index": index, "rows_per_page": size}
        try:
            payload = self._call("GET", f"/api/{resource}/batch_get", query)
        except Nothing:
            return Listed([], 0)
        rows, count = payload.get(resource), str(payload.get("row_count", ""))
        if rows is None and count == "0":
            return Listed([], 0)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise unrecognised(str(payload), writes=False)
        return Listed(rows, int(count) if count.isdigit() else len(rows))

    def document(self, name: str, key: str) -> Row | None:
        """A whole record; None: it is not there."""
        try:
            payload = self._call("GET", f"/api/{name}/get", {"id": key})
        except Nothing:
            return None
        document = payload.get(name)
        if not isinstance(document, dict):
            raise unrecognised(str(payload), writes=False)
        return document

    # -- writing ----------------------------------------------------------------------------

    def do(self, calls: Sequence[Call]) -> list[Outcome]:
        """Send all of them, then wait for all; what became of each, in their order."""
        outcomes = [self._sent(call) for call in calls]
        pauses = [one.pause for one in outcomes if isinstance(one, Pending)]
        waited, pause = 0.0, max(pauses, default=0.0)
        while any(isinstance(one, Pending) for one in outcomes):
            if waited + pause > self._settings.wait:
                break
            self._clock.sleep(pause)
            waited, pause = waited + pause, AGAIN
            outcomes = [self._asked(one) if isinstance(one, Pending) else one for one in outcomes]
        return [_in_doubt() if isinstance(one, Pending) else one for one in outcomes]

    def _sent(self, call: Call) -> Outcome | Pending:
        try:
            query = {"biz_id": call.own} if call.own else {"tradeid": self._trade()}
            query["sync"] = str(int(self._settings.sync))
            path = f"/api/{call.form}/{call.verb}"
            payload = self._call("POST", path, query, {call.form: call.body}, writes=True)
        except AdapterError as error:
            return error
        return payload if "url" not in payload or payload.get("id") else _pending(payload)

    def _asked(self, pending: Pending) -> Outcome | Pending:
        """What became of a write; whatever is wrong with the asking leaves it in doubt."""
        try:
            return payload_of(self._http.send("GET", pending.where), self._words, writes=True)
        except Running:
            return pending
        except TokenLost as lost:
            return OutcomeUnknown(str(lost))
        except AdapterError as error:
            told = isinstance(error, REFUSALS) and error.code in (NOTHING, REFUSED)
            return error if told else OutcomeUnknown(error.words, answer=error.answer)

    def _trade(self) -> str:
        payload = self._call("GET", "/system/tradeid", {})
        try:
            return str(payload["trade"]["id"])
        except (KeyError, TypeError):
            raise unrecognised(str(payload), writes=False) from None

    # -- who and when -----------------------------------------------------------------------

    def check(self) -> None:
        """Whether the relay lets us in, and the enterprise's agent answers."""
        self.page("warehouse", {}, 1, 1)

    def now(self) -> datetime:
        """The relay's own time, as its last answer said."""
        self._token.get()
        return self._http.now()

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """Whatever is called inside takes no longer."""
        return self._http.within(seconds)

    @property
    def sessions(self) -> int:
        """Tokens that are held."""
        return int(self._token.held is not None)

    def _log_in(self) -> Token:
        settings = self._settings
        named = {
            "from_account": settings.from_account,
            "app_key": settings.app_key,
            "app_secret": settings.app_secret.get_secret_value(),
        }
        answer = self._http.send("GET", f"/system/token?{urlencode(named)}")
        try:
            given = payload_of(answer, self._words, writes=False)["token"]
            text, left = str(given["id"]), int(given["expiresIn"])
            until = self._http.now() + timedelta(seconds=max(left - SPARE, LEAST))
        except (Nothing, Running, TokenLost) as refusal:
            raise AccessDenied(say("u8_not_let_in"), answer=str(refusal)) from None
        except Rejected as refusal:
            raise AccessDenied(refusal.words, code=refusal.code, answer=refusal.answer) from None
        except (KeyError, TypeError, ValueError, OverflowError):
            raise unrecognised("", writes=False) from None
        return Token(text, until)

    # -- sending ----------------------------------------------------------------------------

    def _call(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any],
        body: Any = None,
        *,
        writes: bool = False,
    ) -> Mapping[str, Any]:
        """The body of a success. Loses the token at most once."""
        token = self._token.get()
        try:
            return self._once(method, path, query, body, token, writes)
        except TokenLost:
            token = self._token.get(lost=token)
        try:
            return self._once(method, path, query, body, token, writes)
        except TokenLost as lost:
            raise AccessDenied(say("u8_not_let_in"), answer=str(lost)) from None

    def _once(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any],
        body: Any,
        token: Token,
        writes: bool,
    ) -> Mapping[str, Any]:
        settings = self._settings
        named = {
            "from_account": settings.from_account,
            "to_account": settings.to_account,
            "app_key": settings.app_key,
            "token": token.text,
            "ds_sequence": settings.ds_sequence,
            **query,
        }
        answer = self._http.send(method, f"{path}?{urlencode(named)}", json=body, writes=writes)
        try:
            return payload_of(answer, self._words, writes=writes)
        except Running as running:
            raise classified(RUNNING, str(running), self._words, writes=writes) from None


def _pending(payload: Mapping[str, Any]) -> Pending:
    """The relay names whole addresses; only our own relay is ever asked."""
    where, pause = urlsplit(str(payload["url"])), str(payload.get("ping_after") or "0")
    return Pending(f"{where.path}?{where.query}", float(pause) if pause.isdigit() else AGAIN)


def _in_doubt() -> OutcomeUnknown:
    return OutcomeUnknown(say("u8_still_running"))
