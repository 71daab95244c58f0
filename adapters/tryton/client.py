"""The protocol: addresses, envelopes, sessions. Nothing else knows a URL.

One session is kept until the server refuses it at the door (401), which it does before it looks
at a call: that is then made once more in a new one, writes included.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from adapters.tryton.answers import SHOWN, Answers, Prompt, unclear
from adapters.tryton.codec import Row
from adapters.tryton.settings import TrytonSettings
from connector.contract import Http
from connector.errors import AccessDenied, ConnectorError, Rejected, Transient, Unreachable
from connector.kit.shared import Shared
from connector.messages import say

MOST_PROMPTS = 20
"""Prompts of one call that are answered."""
Domain = Sequence[Any]
"""A filter as Tryton wants it; data, so that no value can become part of its grammar."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session, and in which company and language it works."""

    user: int
    """Our own id there."""
    token: str
    context: Row

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Session {self.token}"}


class Client:
    """Calls of one connection. Safe for several threads."""

    def __init__(self, settings: TrytonSettings, http: Http) -> None:
        self._settings = settings
        self._http = http
        self._answers = Answers(settings)
        self._session = Shared(self._begin)
        self._path = f"/{quote(settings.database, safe='')}/rpc/"

    # -- calls ------------------------------------------------------------------------------

    def search(
        self, model: str, domain: Domain, fields: Collection[str], limit: int, **context: Any
    ) -> list[Row]:
        """Records that match, inactive ones too, by ascending id; `limit` at most."""
        names = list(dict.fromkeys(["id", *fields]))
        arguments = (list(domain), 0, limit, [["id", "ASC"]], names)
        found = self._call(model, "search_read", *arguments, active_test=False, **context)
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise unclear(writes=False)(say("tryton_unrecognised"))
        return found

    def pages(
        self,
        model: str,
        domain: Domain,
        fields: Collection[str],
        size: int,
        after: int = 0,
        **context: Any,
    ) -> Iterator[list[Row]]:
        """Every record that matches and has an id above `after`; a page that is not full is last.

        Always from offset 0 behind the last id: offsets drift.
        """
        while True:
            clauses = [*domain, ["id", ">", after]]
            rows = self.search(model, clauses, fields, size, **context)
            yield rows
            if len(rows) < size:
                return
            after = int(rows[-1]["id"])

    def create(self, model: str, values: Row, accept: Collection[str] = ()) -> str:
        """The new record's id."""
        made = self._write(model, "create", [values], accept=accept)
        if not isinstance(made, list) or len(made) != 1 or not isinstance(made[0], int):
            raise unclear(writes=True)(say("tryton_unrecognised"), answer=str(made)[:SHOWN])
        return str(made[0])

    def write(
        self, model: str, key: str, values: Row, stamps: Row, accept: Collection[str] = ()
    ) -> None:
        """Change a record, unless one of those in `stamps` has another stamp by now."""
        self._write(model, "write", [int(key)], values, accept=accept, _timestamp=stamps)

    def press(
        self,
        model: str,
        button: str,
        key: str,
        accept: Collection[str] = (),
        stamps: Row | None = None,
    ) -> None:
        """Press a button on a record; with `stamps` as `write` does."""
        self._write(model, button, [int(key)], accept=accept, _timestamp=stamps or {})

    def delete(self, model: str, keys: Sequence[str]) -> None:
        """Delete records."""
        self._write(model, "delete", [int(key) for key in keys])

    def entered(self, model: str, values: Row, field: str) -> Row:
        """What Tryton fills in when somebody has entered this field of a record."""
        filled = self._call(model, "on_change", values, [field])
        return filled if isinstance(filled, dict) else {}

    def fields(self, model: str) -> Mapping[str, Row]:
        """The model's fields as Tryton describes them."""
        try:
            told = self._call(model, "fields_get")
        except Transient as error:
            # A look-up in the list of models failed, which is all that it says.
            if repr(model) not in str(error):
                raise
            raise Rejected(say("tryton_no_model", model=model)) from None
        return told if isinstance(told, dict) else {}

    def touch(self) -> int:
        """The cheapest call that needs a session; the id of the company in which we work."""
        self._call("ir.date", "today")
        return int(self._session.get().context.get("company") or 0)

    @property
    def version(self) -> str:
        """The server's series; empty where it does not tell everybody."""
        body = {"id": 0, "method": "common.server.version", "params": []}
        with suppress(ConnectorError):
            told = self._answers.result(self._http.send("POST", "/rpc/", json=body).json())
            return str(told)
        return ""

    @property
    def user(self) -> int:
        """Our own id there."""
        return self._session.get().user

    @property
    def sessions(self) -> int:
        """How many the server has given us and not told us lost."""
        return 1 if self._session.held else 0

    def now(self) -> datetime:
        """The server's own time. It is its word, never ours: somebody must have answered."""
        self._session.get()
        return self._http.now()

    def within(self, requests: int) -> AbstractContextManager[None]:
        """Whatever is called inside takes no longer than so many of the longest requests."""
        return self._http.within(requests * self._settings.timeout)

    def close(self) -> None:
        """Give up the session; whether that succeeds is nobody's concern."""
        session = self._session.give_up()
        if session is not None:
            with suppress(ConnectorError):
                self._send("common.db.logout", [], session.headers, writes=False)

    # -- sending ----------------------------------------------------------------------------

    def _write(
        self, model: str, method: str, *params: Any, accept: Collection[str] = (), **context: Any
    ) -> Any:
        """A call that may change something; prompts that may be answered yes are."""
        for _ in range(MOST_PROMPTS):
            try:
                return self._call(model, method, *params, writes=True, **context)
            except Prompt as prompt:
                if prompt.kind not in accept:
                    raise
                self._call("res.user.warning", "skip", prompt.name, False, writes=True)
        raise Rejected(say("tryton_prompts", model=model))

    def _call(
        self, model: str, method: str, *params: Any, writes: bool = False, **context: Any
    ) -> Any:
        """What the method returned. Loses the session at most once."""
        session = self._session.get()
        try:
            return self._made(session, model, method, params, context, writes=writes)
        except AccessDenied as refusal:
            if refusal.code != "401":
                raise
        session = self._session.get(lost=session)
        return self._made(session, model, method, params, context, writes=writes)

    def _made(
        self,
        session: Session,
        model: str,
        method: str,
        params: Sequence[Any],
        context: Row,
        *,
        writes: bool = False,
    ) -> Any:
        given = [*params, {**session.context, **context}]
        return self._send(f"model.{model}.{method}", given, session.headers, writes=writes)

    def _send(
        self, method: str, params: Sequence[Any], headers: Mapping[str, str], *, writes: bool
    ) -> Any:
        body = {"id": 0, "method": method, "params": list(params)}
        answer = self._http.send("POST", self._path, json=body, headers=headers, writes=writes)
        if answer.status == 404:
            words = say("tryton_no_database", database=self._settings.database)
            raise AccessDenied(words, code="404")
        if answer.status >= 300:
            words = say("tryton_status", status=answer.status, method=method)
            raise Rejected(words, code=str(answer.status), answer=answer.text()[:SHOWN])
        return self._answers.result(answer.json(), writes=writes)

    # -- sessions ---------------------------------------------------------------------------

    def _begin(self) -> Session:
        """A session by logging in, in the user's own language, in the company of the settings."""
        settings = self._settings
        who = [settings.user, {"password": settings.password.get_secret_value()}]
        try:
            uid, token, *_ = self._send("common.db.login", who, {}, writes=False)
        except AccessDenied as refusal:
            if refusal.code != "401":
                raise
            raise AccessDenied(say("tryton_not_let_in", user=settings.user), code="login") from None
        except (TypeError, ValueError):
            raise Unreachable(say("tryton_unrecognised")) from None
        text = base64.b64encode(f"{settings.user}:{uid}:{token}".encode()).decode()
        told = self._made(Session(uid, text, {}), "res.user", "get_preferences", (True,), {})
        context = {name: told[name] for name in ("company", "language") if told.get(name)}
        if settings.company:
            context["company"] = settings.company
        return Session(uid, text, context)
