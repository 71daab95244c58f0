"""The protocol: addresses, signatures, filters. Nothing else knows a URL.

Filters are PHP arrays in the query string. They are ANDed; names that an entity type does not
have are refused in filters and ignored everywhere else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from adapters.espocrm.answers import FORBIDDEN, SHOWN, error_of, record_error_of
from adapters.espocrm.forms import KEY, STAMP
from adapters.espocrm.settings import EspoCrmSettings
from connector.contract import Answer, Http
from connector.errors import AdapterError, OutcomeUnknown, Transient
from connector.messages import say

Row = dict[str, Any]
Filter = tuple[str, str, str | Sequence[str]]
"""`(attribute, type, value or values)`."""

ROOT = "/api/v1/"


class Client:
    """Calls of one connection. Safe for several threads."""

    def __init__(self, settings: EspoCrmSettings, http: Http) -> None:
        self._settings = settings
        self._http = http

    # -- who and what -----------------------------------------------------------------------

    def user(self) -> Row:
        """Who we are, and what our role allows: under `user` and `acl`."""
        answer = self._ask("App/user")
        if not isinstance(answer, dict) or not _is_row(answer.get("user")):
            raise _unrecognised(answer)
        return answer

    def may(self, form: str, action: str) -> bool:
        """Whether our role allows `create` or `edit` of an entity type at all."""
        allowed = _inside(self.user(), "acl", "table", form, action)
        return allowed not in (None, "no")

    def fields(self, form: str) -> Row | None:
        """The entity type's fields by name; None: there is none, or our role does not see it.

        Before 8.2 the key is ignored, and all metadata comes.
        """
        answer = self._ask(f"Metadata?{urlencode({'key': f'entityDefs.{form}'})}")
        whole = isinstance(answer, dict) and "entityDefs" in answer
        fields = _inside(answer, *(("entityDefs", form) if whole else ()), "fields")
        known = isinstance(fields, dict) and all(isinstance(one, dict) for one in fields.values())
        return fields if known else None

    def now(self) -> datetime:
        """The instance's own time, as its last answer said."""
        return self._http.now()

    def within(self, requests: int) -> AbstractContextManager[None]:
        """Whatever is called inside takes no longer than so many of the longest requests."""
        return self._http.within(requests * self._settings.timeout)

    # -- reading ----------------------------------------------------------------------------

    def pages(
        self, form: str, filters: Sequence[Filter], attributes: Sequence[str], after: str = ""
    ) -> Iterator[list[Row]]:
        """Every record that matches and has an id above `after`, by ascending id."""
        while True:
            keyset: list[Filter] = [(KEY, "greaterThan", after)] if after else []
            rows = self._list(form, [*filters, *keyset], attributes)
            if rows:
                yield rows
            if len(rows) < self._settings.page:
                return
            after = _behind(rows, after)

    def _list(self, form: str, filters: Sequence[Filter], attributes: Sequence[str]) -> list[Row]:
        usual = not self._settings.aliases
        where, select = ("where", "select") if usual else ("whereGroup", "attributeSelect")
        asked = {
            "maxSize": self._settings.page,
            "orderBy": KEY,
            "order": "asc",
            select: ",".join(dict.fromkeys([KEY, STAMP, *attributes])),
        }
        query = urlencode([*asked.items(), *_php_arrays(where, filters)])
        answer = self._ask(f"{quote(form)}?{query}", {"X-No-Total": "true"})
        rows = answer.get("list") if isinstance(answer, dict) else None
        # An answer without a list is an error, not an empty page: changes would be lost in silence.
        if not isinstance(rows, list) or not all(_is_row(row) for row in rows):
            raise _unrecognised(answer)
        return rows

    def get(self, form: str, key: str) -> Row:
        """One whole record. Raises Gone."""
        answer = self._send("GET", _path_of(form, key), {})
        return _record(answer, Transient)

    # -- writing ----------------------------------------------------------------------------

    def create(self, form: str, values: Mapping[str, Any], *, skip_duplicates: bool) -> Row:
        """The new record."""
        headers = {"X-Skip-Duplicate-Check": "true"} if skip_duplicates else {}
        answer = self._send("POST", quote(form), headers, values)
        return _record(answer, OutcomeUnknown)

    def update(self, form: str, key: str, values: Mapping[str, Any]) -> Row:
        """Set these attributes, the others stay; the whole record."""
        answer = self._send("PUT", _path_of(form, key), {}, values)
        return _record(answer, OutcomeUnknown)

    # -- sending ----------------------------------------------------------------------------

    def _ask(self, resource: str, headers: Mapping[str, str] | None = None) -> Any:
        answer = self._send("GET", resource, headers or {})
        if error := error_of(answer):
            raise error
        return answer.json()

    def _send(
        self,
        method: str,
        resource: str,
        headers: Mapping[str, str],
        values: Mapping[str, Any] | None = None,
    ) -> Answer:
        signed = {**headers, **self._credentials(method, resource.partition("?")[0])}
        return self._http.send(
            method, ROOT + resource, json=values, headers=signed, writes=values is not None,
            own=(FORBIDDEN,),
        )  # fmt: skip

    def _credentials(self, method: str, resource: str) -> dict[str, str]:
        key, secret = self._settings.api_key.get_secret_value(), self._settings.secret_key
        if secret is None:
            return {"X-Api-Key": key}
        signature = sign(method, resource, key, secret.get_secret_value(), self._settings.digest)
        return {"X-Hmac-Authorization": signature}


def sign(method: str, resource: str, key: str, secret: str, digest: str) -> str:
    """The signature of a request, which covers neither query nor body nor time."""
    made = hmac.new(secret.encode(), f"{method} /{resource}".encode(), hashlib.sha256)
    text = made.hexdigest().encode() if digest == "hex" else made.digest()
    return base64.b64encode(key.encode() + b":" + text).decode()


def _php_arrays(where: str, filters: Sequence[Filter]) -> Iterator[tuple[str, str]]:
    for place, (attribute, kind, value) in enumerate(filters):
        item = f"{where}[{place}]"
        yield f"{item}[type]", kind
        yield f"{item}[attribute]", attribute
        if isinstance(value, str):
            yield f"{item}[value]", value
        else:
            yield from ((f"{item}[value][]", one) for one in value)


def _path_of(form: str, key: str) -> str:
    return f"{quote(form)}/{quote(key, safe='')}"


def _record(answer: Answer, otherwise: type[AdapterError]) -> Row:
    """The record that was answered; `otherwise` is raised for an answer of no known shape."""
    if error := record_error_of(answer):
        raise error
    row = answer.json()
    if not _is_row(row):
        raise otherwise(say("espocrm_unrecognised"), answer=str(row)[:SHOWN])
    made: Row = row
    return made


def _behind(rows: Sequence[Row], after: str) -> str:
    """Where the next page begins. Had the filter been ignored, it would be the same for ever."""
    last = str(rows[-1][KEY])
    if last == after:
        raise _unrecognised(rows[-1])
    return last


def _inside(answer: Any, *path: str) -> Any:
    """What stands there in an answer; None where nothing does."""
    for name in path:
        answer = answer.get(name) if isinstance(answer, dict) else None
    return answer


def _is_row(row: Any) -> bool:
    return isinstance(row, dict) and bool(row.get(KEY))


def _unrecognised(answer: Any) -> Transient:
    return Transient(say("espocrm_unrecognised"), answer=str(answer)[:SHOWN])
