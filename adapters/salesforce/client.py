"""The protocol: addresses, tokens, queries in batches, collections. Nothing else knows a URL.

A session is kept until it is refused: how long it lasts is the org's own policy, and no answer
tells. A refused one is renewed once, and the call repeated, writes included: nothing was looked
at yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from adapters.salesforce import soql
from adapters.salesforce.answers import (
    FORBIDDEN,
    LOST_LOCATOR,
    REFUSED,
    SHOWN,
    error_of,
    login_error_of,
    payload_of,
    record_error_of,
    usage_of,
)
from adapters.salesforce.forms import DELETED, KEY, STAMP
from adapters.salesforce.settings import SalesforceSettings
from adapters.salesforce.signing import assertion
from adapters.salesforce.soql import Filter
from connector.contract import Answer, Http
from connector.errors import AccessDenied, AdapterError, OutcomeUnknown, Rejected, Transient
from connector.kit.shared import Shared
from connector.messages import say

Row = dict[str, Any]

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GOOD_FOR = 120
"""Seconds that an assertion is good for; Salesforce allows 180."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SAVE_DUPLICATES = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}


@dataclass(frozen=True, slots=True)
class Token:
    """A session, and whose it is."""

    text: str
    org: str
    user: str


class Client:
    """Calls of one connection. Safe for several threads."""

    def __init__(self, settings: SalesforceSettings, http: Http) -> None:
        self._settings = settings
        self._http = http
        self._data = f"/services/data/v{settings.api_version}.0"
        self._token = Shared(self._log_in)
        self._usage: tuple[int, int] | None = None

    # -- who, what and when -----------------------------------------------------------------

    def resources(self) -> None:
        """Ask what there is: the cheapest call that needs a session."""
        self._send("GET", f"{self._data}/", {})

    def describe(self, form: str) -> list[Row]:
        """The object's fields as Salesforce describes them."""
        try:
            answer = self._send("GET", f"{self._data}/sobjects/{quote(form, safe='')}/describe", {})
        except AccessDenied as refusal:
            if refusal.code != "NOT_FOUND":
                raise
            raise Rejected(say("salesforce_no_form", form=form), code=refusal.code) from None
        fields = answer.get("fields") if isinstance(answer, dict) else None
        if not isinstance(fields, list) or not all(map(_is_field, fields)):
            raise _unrecognised(answer)
        return fields

    @property
    def token(self) -> Token:
        """The session in use."""
        return self._token.get()

    @property
    def usage(self) -> tuple[int, int] | None:
        """Calls of 24 hours, used and allowed, as the last answer told them."""
        return self._usage

    def now(self) -> datetime:
        """The org's own time. It is its word, never ours: somebody must have answered."""
        self._token.get()
        return self._http.now()

    def within(self, requests: int) -> AbstractContextManager[None]:
        """Whatever is called inside takes no longer than so many of the longest requests."""
        return self._http.within(requests * self._settings.timeout)

    # -- reading ----------------------------------------------------------------------------

    def pages(
        self,
        form: str,
        fields: Sequence[str],
        filters: Sequence[Filter],
        after: str = "",
        *,
        deleted: bool = False,
    ) -> Iterator[list[Row]]:
        """Every record that matches and has an id above `after`, by ascending id; with `deleted`
        what lies in the recycle bin, too, and which of them do."""
        names = [KEY, STAMP, *([DELETED] if deleted else []), *fields]
        kind = "queryAll" if deleted else "query"
        whole = False
        while not whole:
            keyset: list[Filter] = [(KEY, ">", after)] if after else []
            text = soql.query(form, names, [*filters, *keyset], KEY, self._settings.page)
            rows, left = self._page(f"{self._data}/{kind}/?{urlencode({'q': text})}")
            whole = not left and len(rows) < self._settings.page
            if rows:
                yield rows
                after = str(rows[-1][KEY])

    def _page(self, path: str) -> tuple[list[Row], bool]:
        """What a query finds, and whether some of it is left.

        An answer may hold fewer records than were asked for: the others come by its locator. They
        are taken at once, for they are shown as they were. Locators get lost.
        """
        rows: list[Row] = []
        while path:
            try:
                answer = self._send("GET", path, {})
            except Rejected as refusal:
                if refusal.code == LOST_LOCATOR and rows:
                    return rows, True
                raise
            rows += _rows(answer)
            path = _next(answer)
        return rows, False

    # -- writing ----------------------------------------------------------------------------

    def create(
        self, form: str, records: Sequence[Mapping[str, Any]], *, save_duplicates: bool
    ) -> list[str | AdapterError]:
        """The key of each new record, or why there is none."""
        headers = SAVE_DUPLICATES if save_duplicates else {}
        return self._collection("POST", form, records, headers)

    def update(self, form: str, records: Sequence[Mapping[str, Any]]) -> list[str | AdapterError]:
        """Set fields of records, each with its key; the key, or why it was not changed."""
        return self._collection("PATCH", form, records, {})

    def _collection(
        self,
        method: str,
        form: str,
        records: Sequence[Mapping[str, Any]],
        headers: Mapping[str, str],
    ) -> list[str | AdapterError]:
        typed = [{"attributes": {"type": form}, **record} for record in records]
        body = {"allOrNone": False, "records": typed}
        path = f"{self._data}/composite/sobjects"
        results = self._send(method, path, headers, body, writes=True)
        if not isinstance(results, list) or len(results) != len(records):
            raise OutcomeUnknown(say("salesforce_unrecognised"), answer=str(results)[:SHOWN])
        return [_outcome(result) for result in results]

    # -- sending ----------------------------------------------------------------------------

    def _send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: Any = None,
        *,
        writes: bool = False,
    ) -> Any:
        token = self._token.get()
        answer = self._send_as(token, method, path, headers, body, writes=writes)
        if answer.status == REFUSED:
            token = self._token.get(lost=token)
            answer = self._send_as(token, method, path, headers, body, writes=writes)
        payload = payload_of(answer)
        if answer.status < 300:
            return payload
        spent = self._usage is not None and self._usage[0] >= self._usage[1]
        raise error_of(answer.status, payload, answer.text(), spent=spent, writes=writes)

    def _send_as(
        self,
        token: Token,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: Any,
        *,
        writes: bool,
    ) -> Answer:
        signed = {**headers, "Authorization": f"Bearer {token.text}"}
        answer = self._http.send(
            method, path, json=body, headers=signed, writes=writes, own=(REFUSED, FORBIDDEN)
        )
        self._usage = usage_of(answer.headers.get("Sforce-Limit-Info", "")) or self._usage
        return answer

    def _log_in(self) -> Token:
        body = urlencode(self._grant()).encode()
        answer = self._http.send(
            "POST", "/services/oauth2/token", data=body, headers=FORM, own=(REFUSED, FORBIDDEN)
        )
        payload = payload_of(answer)
        if answer.status >= 300:
            raise login_error_of(payload, answer.text())
        try:
            text, there = str(payload["access_token"]), str(payload["instance_url"])
            org, user = str(payload["id"]).rsplit("/", 2)[1:]
        except (KeyError, TypeError, ValueError):
            raise Transient(say("salesforce_unrecognised")) from None
        if urlsplit(there).netloc.lower() != urlsplit(self._settings.base_url).netloc.lower():
            raise AccessDenied(say("salesforce_elsewhere", url=there))
        return Token(text, org, user)

    def _grant(self) -> dict[str, str]:
        settings = self._settings
        if settings.auth == "jwt":
            claims = {
                "iss": settings.consumer_key,
                "sub": settings.username,
                "aud": settings.audience,
                "exp": int(self._http.now().timestamp()) + GOOD_FOR,
            }
            signed = assertion(claims, settings.private_key.get_secret_value())
            return {"grant_type": JWT_BEARER, "assertion": signed}
        return {
            "grant_type": "client_credentials",
            "client_id": settings.consumer_key,
            "client_secret": settings.consumer_secret.get_secret_value(),
        }


def _rows(answer: Any) -> list[Row]:
    """A batch's records. An answer without a list is an error, not an empty batch: changes would
    be lost in silence."""
    rows = answer.get("records") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not all(isinstance(r, dict) and r.get(KEY) for r in rows):
        raise _unrecognised(answer)
    return rows


def _next(answer: Row) -> str:
    """The path of what is left of a query; empty: nothing is."""
    if answer.get("done") is True:
        return ""
    path = answer.get("nextRecordsUrl")
    if not isinstance(path, str) or not path.startswith("/") or not answer["records"]:
        raise _unrecognised(answer)
    return path


def _outcome(result: Any) -> str | AdapterError:
    key = result.get("id") if isinstance(result, dict) and result.get("success") is True else None
    return key if isinstance(key, str) and key else record_error_of(result)


def _is_field(field: Any) -> bool:
    return isinstance(field, dict) and isinstance(field.get("name"), str)


def _unrecognised(answer: Any) -> Transient:
    return Transient(say("salesforce_unrecognised"), answer=str(answer)[:SHOWN])
