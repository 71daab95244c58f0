"""The protocol: addresses and envelopes. Nothing else knows a URL but the one of tokens.

Payloads stand under `data`, or under `result` on older paths; codes are numbers or text. A token
that is refused at the door is renewed once, and the call repeated, writes included: nothing was
looked at yet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from adapters.neocrm.answers import BAD_TOKEN, SHOWN, error_of
from adapters.neocrm.filters import select
from adapters.neocrm.forms import KEY, STAMP
from adapters.neocrm.login import Token, log_in
from adapters.neocrm.settings import NeocrmSettings
from connector.contract import Answer, Http
from connector.errors import AccessDenied, AdapterError, OutcomeUnknown, Rejected, Transient
from connector.kit.shared import Shared
from connector.messages import say

Row = dict[str, Any]

XOBJECTS = "/rest/data/v2.0/xobjects"
XOQL = "/rest/data/v2.0/query/xoql"
PLAIN, PLAIN_PAGE = "/rest/data/v2/query", 100
"""The older way to query; a larger page is cut there without a word."""
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Client:
    """Calls of one connection. Safe for several threads."""

    def __init__(self, settings: NeocrmSettings, http: Http) -> None:
        self._settings = settings
        self._http = http
        self._token = Shared(lambda: log_in(settings, http), lambda token: http.now() < token.until)
        plain = settings.query == "plain"
        self._page = min(settings.page, PLAIN_PAGE) if plain else settings.page

    # -- reading ----------------------------------------------------------------------------

    def describe(self, form: str) -> list[Row]:
        """The object's fields as Neocrm describes them."""
        payload = self._call("GET", f"{XOBJECTS}/{quote(form)}/description")
        return _listed(_payload(payload), "fields", payload)

    def record_types(self, form: str) -> list[Row]:
        """The object's record types (业务类型)."""
        payload = self._call("GET", f"{XOBJECTS}/{quote(form)}/busiType")
        return _listed(_payload(payload), "records", payload)

    def get(self, form: str, key: str) -> Row | None:
        """One record as it is at once, not when queries have heard of it; None: not for us."""
        try:
            row = _payload(self._call("GET", _path_of(form, key)))
        except Rejected:
            return None
        return {**row, KEY: key} if row else None

    def pages(
        self, form: str, conditions: Sequence[str], fields: Sequence[str], after: str = ""
    ) -> Iterator[list[Row]]:
        """Every record that matches and has an id above `after`, by ascending id."""
        while True:
            keyset = [f"{KEY} > {after}"] if after else []
            rows, more = self._query(form, [*conditions, *keyset], fields)
            if rows:
                yield rows
            if not more:
                return
            after = _behind(rows, after)

    def _query(
        self, form: str, conditions: Sequence[str], fields: Sequence[str]
    ) -> tuple[list[Row], bool]:
        """A page, and whether there may be another one."""
        name = self._settings.order_as if form == "order" else form
        plain = self._settings.query == "plain"
        limit = f"0,{self._page}" if plain else str(self._page)
        asked = select(name, [KEY, STAMP, *fields], conditions, limit)
        if plain:
            payload = self._call("GET", f"{PLAIN}?{urlencode({'q': asked})}")
        else:
            payload = self._call("POST", XOQL, form={"xoql": asked, "useSimpleCode": "true"})
        found = _payload(payload)
        rows = _listed(found, "records", payload)
        if not all(str(row.get(KEY)).isdecimal() for row in rows):
            raise _unrecognised(payload)
        # A page that was cut without a word is shorter than it should be, but not the last.
        total = found.get("totalSize")
        cut = isinstance(total, int) and total > len(rows)
        return rows, bool(rows) and (cut or len(rows) >= self._page)

    # -- writing ----------------------------------------------------------------------------

    def create(self, form: str, values: Mapping[str, Any]) -> str:
        """The new record's id."""
        path = f"{XOBJECTS}/{quote(form)}"
        payload = self._call("POST", path, json={"data": values}, writes=True)
        return _key_in(payload)

    def update(self, form: str, key: str, values: Mapping[str, Any]) -> None:
        """Set these fields; the others stay."""
        path = _path_of(form, key)
        self._call("PATCH", path, json={"data": with_key(key, values)}, writes=True)

    def write_many(
        self, form: str, method: str, records: Sequence[Mapping[str, Any]]
    ) -> list[str | AdapterError]:
        """Create (`POST`) or change (`PATCH`) records by one call; of each its id, or why not."""
        body = {"batchData": [{"data": values} for values in records]}
        payload = self._call(
            method, f"{XOBJECTS}/{quote(form)}/batch", json=body, writes=True,
            headers={"xsy-execmode": "continue"},
        )  # fmt: skip
        items = payload.get("batchData")
        if not isinstance(items, list) or len(items) != len(records):
            raise OutcomeUnknown(say("neocrm_unrecognised"), answer=str(payload)[:SHOWN])
        return [_outcome(item, self._settings.passing_codes) for item in items]

    # -- who and when -----------------------------------------------------------------------

    @property
    def tenant(self) -> str:
        """Whose token we have; empty where tokens do not say."""
        return self._token.get().tenant

    def now(self) -> datetime:
        """The tenant's own time, as its last answer said."""
        return self._http.now()

    def within(self, requests: int) -> AbstractContextManager[None]:
        """Whatever is called inside takes no longer than so many of the longest requests."""
        return self._http.within(requests * self._settings.timeout)

    # -- sending ----------------------------------------------------------------------------

    def _call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        writes: bool = False,
    ) -> Row:
        data = urlencode(form).encode() if form else None
        more = {**(headers or {}), **(_FORM if form else {})}

        def send(token: Token) -> Row:
            answer = self._http.send(
                method, path, json=json, data=data, headers=self._signed(token, more),
                writes=writes, at=token.address,
            )  # fmt: skip
            return _checked(answer, writes=writes, passing=self._settings.passing_codes)

        token = self._token.get()
        try:
            return send(token)
        except AccessDenied as refusal:
            if refusal.code != BAD_TOKEN:
                raise
        return send(self._token.get(lost=token))

    def _signed(self, token: Token, headers: Mapping[str, str]) -> dict[str, str]:
        criteria = {"xsy-criteria": "10"} if self._settings.see_all else {}
        return {**headers, **criteria, "Authorization": f"Bearer {token.text}"}


def with_key(key: str, values: Mapping[str, Any]) -> Row:
    """A record's values with its id, which is a number there."""
    return {KEY: int(key) if key.isdecimal() else key, **values}


def _behind(rows: Sequence[Row], after: str) -> str:
    """Where the next page begins. Had the condition been ignored, it would be the same for ever."""
    last = str(rows[-1][KEY])
    if last == after:
        raise _unrecognised(rows[-1])
    return last


def _checked(answer: Answer, *, writes: bool, passing: Collection[str]) -> Row:
    payload = answer.json()
    error = error_of(payload, answer.text(), writes=writes, passing=passing)
    if error is None and answer.status >= 300:
        # Somebody in between says no, the body yes: nobody knows.
        error = (OutcomeUnknown if writes else Transient)(say("neocrm_unrecognised"))
    if error is not None:
        raise error
    made: Row = payload
    return made


def _payload(payload: Row) -> Row:
    """What an answer is about: under `data`, on older paths under `result`."""
    found = payload.get("data", payload.get("result"))
    if not isinstance(found, dict):
        raise _unrecognised(payload)
    return found


def _listed(found: Row, name: str, payload: Row) -> list[Row]:
    """An answer without a list is an error, not an empty one: changes would be lost in silence."""
    rows = found.get(name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _unrecognised(payload)
    return rows


def _key_in(payload: Row) -> str:
    found = payload.get("data", payload.get("result"))
    key = found.get(KEY) if isinstance(found, dict) else None
    if not key:
        raise OutcomeUnknown(say("neocrm_unrecognised"), answer=str(payload)[:SHOWN])
    return str(key)


def _outcome(item: Any, passing: Collection[str] = ()) -> str | AdapterError:
    """What became of one record of a batch."""
    error = error_of(item, str(item), writes=True, passing=passing)
    if error is not None:
        return error
    try:
        return _key_in(item)
    except OutcomeUnknown as unknown:
        return unknown


def _path_of(form: str, key: str) -> str:
    return f"{XOBJECTS}/{quote(form)}/{quote(key, safe='')}"


def _unrecognised(payload: Row) -> Transient:
    return Transient(say("neocrm_unrecognised"), answer=str(payload)[:SHOWN])
