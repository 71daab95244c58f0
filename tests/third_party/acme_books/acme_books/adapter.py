"""The adapter: a session, bills by a change counter, items whole, an envelope for every error.

Acme Books answers 200 whatever happens: `{"ok": false, "fault": {"kind", "text"}}`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import SecretStr

from connector.clock import Clock
from connector.contract import (
    Adapter,
    Capabilities,
    FormCapabilities,
    Http,
    Identity,
    Page,
    Record,
    Settings,
    Shape,
    Write,
    Written,
    chunks,
)
from connector.errors import (
    AccessDenied,
    AdapterError,
    Gone,
    HalfDone,
    OutcomeUnknown,
    Rejected,
    Transient,
)
from connector.messages import say

PAGE = 50
KINDS: dict[str, type[AdapterError]] = {"denied": AccessDenied, "gone": Gone}
"""Faults by what is done about them; all others refuse the request."""
FORMS = {
    "bill": FormCapabilities(operations=frozenset({"create", "update", "cancel"}), search=False),
    "item": FormCapabilities(reads="full", operations=frozenset(), search=False, status="limited"),
}


class AcmeBooksSettings(Settings):
    """One set of books."""

    user: str
    """The integration user."""
    password: SecretStr
    """Its password."""


class AcmeBooks(Adapter):
    """Speaks to one set of books."""

    settings_type: ClassVar[type[Settings]] = AcmeBooksSettings
    capabilities = Capabilities(
        forms=FORMS, other=FormCapabilities(reads="none", operations=frozenset(), search=False)
    )

    def __init__(self, settings: Settings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        assert isinstance(settings, AcmeBooksSettings)
        self._user, self._password = settings.user, settings.password
        self._page = settings.page or PAGE
        self._session = ""
        self._logging_in = threading.Lock()

    def check(self) -> Identity:
        return Identity(str(self._call("GET", "/company")["company"]), self._user)

    # -- reading ----------------------------------------------------------------------------

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        if self.capabilities.of(shape.form).reads == "full":
            yield from self._everything(shape)
            return
        # Every change gets the next number of one counter, so that it is all the cursor needs.
        last = int(after or 0)
        while True:
            rows = self._call("GET", f"/bills?after={last}&limit={self._page}")["bills"]
            if not rows:
                return
            last = rows[-1]["seq"]
            yield Page([_record(row, shape) for row in rows], str(last))

    def _everything(self, shape: Shape) -> Iterator[Page]:
        rows: list[Any] = []
        pages = 1
        while len(rows) < pages * self._page:
            some = self._call("GET", f"/items?page={pages}&limit={self._page}")["items"]
            rows += some
            if len(some) < self._page:
                break
            pages += 1
        yield from (Page([_record(row, shape) for row in some]) for some in chunks(rows, PAGE))

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        for key in keys:
            try:
                row = self._call("GET", f"/{shape.form}s/{quote(key, safe='')}")["record"]
            except Gone:
                continue
            yield _record(row, shape)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        raise Rejected(say("acme_no_search"))

    # -- writing ----------------------------------------------------------------------------

    def write(self, write: Write) -> Written:
        if write.form != "bill":
            raise Rejected(say("acme_read_only", form=write.form))
        if write.verb == "close":
            raise Rejected(say("acme_no_close"))
        path = f"/bills/{quote(write.key, safe='')}" if write.key else "/bills"
        if write.verb == "cancel":
            answer = self._call("POST", f"{path}/void", {})
        elif write.key and not write.fields and not write.tables:
            answer = self._call("GET", path)
        else:
            answer = self._call("PATCH" if write.key else "POST", path, _body(write))
        return _written(write, answer)

    # -- calling ----------------------------------------------------------------------------

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        session = self._logged_in("")
        try:
            return self._send(method, path, body, session)
        except _SessionOver:
            # Said at the door, before anything was done: even a write may go once more.
            session = self._logged_in(session)
        try:
            return self._send(method, path, body, session)
        except _SessionOver as over:
            raise AccessDenied(str(over)) from None

    def _logged_in(self, over: str) -> str:
        """A session other than `over`; of several threads that need one, one asks for it."""
        with self._logging_in:
            if self._session == over:
                who = {"user": self._user, "password": self._password.get_secret_value()}
                self._session = str(self._send("POST", "/login", who, "", writes=False)["session"])
            return self._session

    def _send(
        self, method: str, path: str, body: Any, session: str, *, writes: bool | None = None
    ) -> Any:
        writes = method != "GET" if writes is None else writes
        headers = {"X-Session": session}
        sent = self.http.send(method, path, json=body, headers=headers, writes=writes)
        answer = sent.json()
        if not isinstance(answer, dict) or "ok" not in answer:
            kind = OutcomeUnknown if writes else Transient
            raise kind(say("acme_strange"), answer=sent.text()[:500])
        if answer["ok"] is True:
            return answer
        fault = answer.get("fault") or {}
        words, code = str(fault.get("text") or say("acme_strange")), str(fault.get("kind") or "")
        if code == "session":
            raise _SessionOver(words)
        raise KINDS.get(code, Rejected)(words, code=code)


class _SessionOver(Exception):
    """Nothing was done, for want of a session."""


def _record(row: Mapping[str, Any], shape: Shape) -> Record:
    fields = {name: row.get(name) for name in (*shape.fields, *shape.tables)}
    number = str(row.get(shape.number) or "") if shape.number else ""
    return Record(str(row["id"]), fields, number, stamp=str(row.get("seq", "")))


def _body(write: Write) -> dict[str, Any]:
    body = {name: _sent(value) for name, value in write.fields.items()}
    if write.reference is not None:
        body[write.reference[0]] = write.reference[1]
    for table, change in write.tables.items():
        rows = [
            {"line": row.line, "id": row.key, **{n: _sent(v) for n, v in row.fields.items()}}
            for row in change.rows
        ]
        body[table] = {"put": rows, "drop": list(change.drop)}
    return body


def _sent(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _written(write: Write, answer: Mapping[str, Any]) -> Written:
    row = answer["record"]
    number = str(row.get(write.number) or "") if write.number else ""
    shown = _record(row, write.show) if write.show else None
    written = Written(str(row["id"]), number, answer.get("added", {}), shown=shown)
    for path, (ours, tolerance) in write.expect.items():
        theirs = _at(row, path, write, written)
        if theirs is not None and abs(theirs - ours) > tolerance:
            words = say("acme_amount", path=path, ours=ours, theirs=theirs)
            raise HalfDone(written, Rejected(words, field=path))
    return written


def _at(row: Mapping[str, Any], path: str, write: Write, written: Written) -> Any:
    table, _, rest = path.partition("/")
    if not rest:
        return row.get(path)
    line, _, name = rest.partition("/")
    keys = {r.line: r.key for r in write.tables[table].rows} if table in write.tables else {}
    key = written.line_keys.get(table, {}).get(line) or keys.get(line)
    return next((r.get(name) for r in row[table] if str(r["id"]) == key), None)
