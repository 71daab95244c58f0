"""The protocol: addresses, envelopes, tokens. Nothing else knows a URL.

Its spelling is mixed: `search_query_info` and `field_name` beside `fieldProjection` and
`isAsc`. Names it does not know it ignores without a word.

One token is kept until shortly before it wears out. A token that is refused at the door is
renewed once, and the call repeated, writes included: nothing was looked at yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from adapters.fxiaoke.answers import BAD_TOKEN, SHOWN, error_of
from adapters.fxiaoke.forms import DELETED, KEY, STAMP, is_custom
from adapters.fxiaoke.settings import FxiaokeSettings
from connector.contract import Http
from connector.errors import AccessDenied, OutcomeUnknown, Rejected, Transient
from connector.kit.shared import Shared
from connector.messages import say

Row = dict[str, Any]
Filter = tuple[str, str, Sequence[str]]
"""`(field, operator, values)`; filters are ANDed, nothing else is offered."""

SPARE = 600
"""Seconds of a token's life that are left to calls under way. Asked in the last 600 of its 7200,
Fxiaoke gives a new token; the old one works on to its end."""
LEAST = 60
"""Seconds a token is used at least: only ten a minute are given out."""

_QUIET = {"triggerWorkFlow": False, "triggerApprovalFlow": False}
"""Both default to true: our writes would start approvals."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token and whose it is."""

    text: str
    tenant: str
    """The enterprise account (`ea`), or the corp id of the older generation."""
    until: datetime


class Client:
    """Calls of one connection. Safe for several threads."""

    def __init__(self, settings: FxiaokeSettings, http: Http) -> None:
        self._settings = settings
        self._http = http
        self._token = Shared(self._log_in, lambda token: self._http.now() < token.until)

    # -- reading ----------------------------------------------------------------------------

    def objects(self) -> None:
        """Ask which objects there are: the cheapest call that needs a token and an employee."""
        self._post("/cgi/crm/v2/object/list", {"data": {}})

    def describe(self, form: str) -> list[Row]:
        """The form's fields as Fxiaoke describes them."""
        data = {"apiName": form, "includeDetail": False}
        answer = self._post("/cgi/crm/v2/object/describe", {"data": data})
        try:
            fields = list(answer["data"]["describe"]["fields"].values())
        except (KeyError, TypeError, AttributeError):
            raise _unrecognised(answer) from None
        if not all(isinstance(field, dict) and "api_name" in field for field in fields):
            raise _unrecognised(answer)
        return fields

    def get(self, form: str, key: str) -> Row | None:
        """One record as it is at once, not when search has heard of it; None: not there for us."""
        data = {"dataObjectApiName": form, "objectDataId": key}
        try:
            row = self._post(_data_path(form, "get"), {"data": data}).get("data")
        except Rejected:
            return None
        return row if isinstance(row, dict) and row.get(KEY) and not _is_deleted(row) else None

    def pages(
        self, form: str, filters: Sequence[Filter], fields: Sequence[str], after: str = ""
    ) -> Iterator[list[Row]]:
        """Every record that matches and has an id above `after`, by ascending id.

        Always from offset 0 behind the last id: offsets end at 10,000 and drift.
        """
        while True:
            keyset: list[Filter] = [(KEY, "GT", [after])] if after else []
            rows = self._query(form, [*filters, *keyset], fields)
            alive = [row for row in rows if not _is_deleted(row)]
            if alive:
                yield alive
            if len(rows) < self._settings.page:
                return
            after = str(rows[-1][KEY])

    def _query(self, form: str, filters: Sequence[Filter], fields: Sequence[str]) -> list[Row]:
        search = {
            "limit": self._settings.page,
            "offset": 0,
            "filters": [
                {"field_name": name, "operator": operator, "field_values": list(values)}
                for name, operator, values in filters
            ],
            "orders": [{"fieldName": KEY, "isAsc": True}],
            "fieldProjection": list(dict.fromkeys([KEY, STAMP, DELETED, *fields])),
        }
        data = {
            "dataObjectApiName": form,
            "find_explicit_total_num": False,
            "search_query_info": search,
        }
        return _rows(self._post(_data_path(form, "query"), {"data": data}))

    # -- writing ----------------------------------------------------------------------------

    def create(self, form: str, values: Mapping[str, Any]) -> str:
        """The new record's id; empty where Fxiaoke does not tell (custom objects)."""
        data = {"object_data": {"dataObjectApiName": form, **values}}
        answer = self._post(_data_path(form, "create"), {**_QUIET, "data": data}, writes=True)
        key = answer.get("dataId")
        return key if isinstance(key, str) else ""

    def update(self, form: str, key: str, values: Mapping[str, Any]) -> None:
        """Set these fields; the others stay."""
        data: Row = {"object_data": {KEY: key, "dataObjectApiName": form, **values}}
        if is_custom(form) and self._settings.locked == "unlock":
            data["skipDataStatusValidate"] = True
        self._post(_data_path(form, "update"), {**_QUIET, "data": data}, writes=True)

    def invalidate(self, form: str, key: str) -> None:
        """作废: the record stays, cancelled."""
        data = {"dataObjectApiName": form, "object_data_id": key}
        self._post(_data_path(form, "invalid"), {"data": data}, writes=True)

    def lock(self, form: str, key: str) -> None:
        """Lock a record, its details not."""
        # Sent like a read: a lock is set, not toggled, so that repeating it does no harm.
        self._post("/cgi/crm/v2/object/lock", _lock_of(form, key))

    def unlock(self, form: str, key: str) -> None:
        """Unlock a record, its details not. Sent once, to know whether it stands open."""
        self._post("/cgi/crm/v2/object/unlock", _lock_of(form, key), writes=True)

    # -- who and when -----------------------------------------------------------------------

    @property
    def tenant(self) -> str:
        """Whose token we have."""
        return self._token.get().tenant

    def now(self) -> datetime:
        """The tenant's own time. It is its word, never ours: somebody must have answered."""
        self._token.get()
        return self._http.now()

    def within(self, requests: int) -> AbstractContextManager[None]:
        """Whatever is called inside takes no longer than so many of the longest requests."""
        return self._http.within(requests * self._settings.timeout)

    def _log_in(self) -> Token:
        settings = self._settings
        oauth = settings.auth == "oauth"
        body = {
            "appId": settings.app_id,
            "appSecret": settings.app_secret.get_secret_value(),
            "permanentCode": settings.permanent_code.get_secret_value(),
        }
        if oauth:
            answer = self._send("/oauth2.0/token", {**body, "grantType": "app_secret"}, {})
        else:
            answer = self._send("/cgi/corpAccessToken/get/V2", body, {})
        try:
            text = str(answer["accessToken" if oauth else "corpAccessToken"])
            tenant = str(answer["ea" if oauth else "corpId"])
            left = int(answer.get("expiresIn", 7200))
            lasts = timedelta(seconds=max(left - SPARE, LEAST))
        except (KeyError, TypeError, ValueError, OverflowError):
            raise Transient(say("fxiaoke_unrecognised")) from None
        return Token(text, tenant, self._http.now() + lasts)

    # -- sending ----------------------------------------------------------------------------

    def _post(self, path: str, body: Row, *, writes: bool = False) -> Row:
        token = self._token.get()
        try:
            return self._send_as(token, path, body, writes=writes)
        except AccessDenied as refusal:
            if refusal.code != str(BAD_TOKEN):
                raise
        return self._send_as(self._token.get(lost=token), path, body, writes=writes)

    def _send_as(self, token: Token, path: str, body: Row, *, writes: bool) -> Row:
        user = self._settings.user_id
        if self._settings.auth == "corp":
            who = {"corpAccessToken": token.text, "corpId": token.tenant}
            return self._send(path, {**who, "currentOpenUserId": user, **body}, {}, writes=writes)
        headers = {
            "authorization": f"Bearer {token.text}",
            "x-fs-ea": token.tenant,
            "x-fs-userid": user,
        }
        return self._send(path, body, headers, writes=writes)

    def _send(
        self, path: str, body: Row, headers: Mapping[str, str], *, writes: bool = False
    ) -> Row:
        answer = self._http.send(
            "POST", f"{path}?thirdTraceId={uuid4()}", json=body, headers=headers, writes=writes
        )
        payload = answer.json()
        now, zone = self._http.now(), self._settings.zone
        error = error_of(payload, answer.text(), writes=writes, now=now, zone=zone)
        if error is None and answer.status >= 300:
            # Somebody in between says no, the body yes: nobody knows.
            error = (OutcomeUnknown if writes else Transient)(say("fxiaoke_unrecognised"))
        if error is not None:
            raise error
        made: Row = payload
        return made


def _data_path(form: str, action: str) -> str:
    return f"/cgi/crm/{'custom/' if is_custom(form) else ''}v2/data/{action}"


def _lock_of(form: str, key: str) -> Row:
    return {"data": {"dataObjectApiName": form, "dataIds": [key], "detailObjStrategy": 0}}


def _rows(payload: Row) -> list[Row]:
    """A page's records: under `data`, for custom objects also beside it; pages are drawn both ways.

    An answer without a list is an error, not an empty page: changes would be lost in silence.
    """
    data = payload.get("data")
    listed = [
        p["dataList"] or [] for p in (data, payload) if isinstance(p, dict) and "dataList" in p
    ]
    rows = listed[0] if listed else [data]
    if not isinstance(rows, list) or not all(isinstance(row, dict) and KEY in row for row in rows):
        raise _unrecognised(payload)
    return rows


def _is_deleted(row: Row) -> bool:
    """Deleted for good. Whether queries still show such records is unknown."""
    return row.get(DELETED) is True


def _unrecognised(payload: Row) -> Transient:
    return Transient(say("fxiaoke_unrecognised"), answer=str(payload)[:SHOWN])
