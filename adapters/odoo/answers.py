"""What Odoo's refusals mean: by the name of the exception that was raised in it.

Whatever is raised takes the transaction of its call back, so that nothing was done; only where
the database itself went away it may have, right before. Every protocol tells the name, JSON-2 and
JSON-RPC in a member of its own, XML-RPC as the end of a traceback. Tracebacks stay behind: they
hold paths, SQL, and values of records.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector.errors import (
    AccessDenied,
    AdapterError,
    OutcomeUnknown,
    Rejected,
    Transient,
)
from connector.messages import say

DENIED = frozenset({
    "odoo.exceptions.AccessDenied", "odoo.exceptions.AccessError",
    "odoo.http.SessionExpiredException",
    "werkzeug.exceptions.Unauthorized", "werkzeug.exceptions.Forbidden",
})  # fmt: skip
BUSY = frozenset({
    "psycopg2.errors.SerializationFailure", "psycopg2.errors.DeadlockDetected",
    "psycopg2.errors.LockNotAvailable", "psycopg2.extensions.TransactionRollbackError",
    "odoo.exceptions.ConcurrencyError", "odoo.exceptions.LockError",
})  # fmt: skip
"""Somebody else was at the same record; Odoo has tried five times itself."""
DATABASE = "psycopg2."
"""The database failed otherwise: perhaps while it committed."""
LOST = frozenset({"OperationalError", "InterfaceError", "PoolError", "AdminShutdown"})
FAULTS = {2: "odoo.exceptions.UserError", 3: "odoo.exceptions.AccessDenied",
          4: "odoo.exceptions.AccessError"}  # fmt: skip
"""What the codes of XML-RPC stand for. Code 1 is anything else, as a traceback."""
SHOWN = 2_000
"""Characters of an answer that errors carry."""

_RAISED = re.compile(r"^ .*\n(?P<name>[A-Za-z_][\w.]*)(: (?P<message>.*))?$", re.MULTILINE)
"""What follows the indented lines of a traceback."""
_INSIDE = re.compile(r"\n(LINE \d|DETAIL|CONTEXT|QUERY)\b")
"""Where a message of the database begins to quote SQL and rows."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An exception in Odoo."""

    name: str
    """With its module: `odoo.exceptions.UserError`."""
    message: str

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Refusal:
        """As JSON-2 and JSON-RPC tell it."""
        return cls(str(told.get("name")), _INSIDE.split(str(told.get("message")))[0].strip())

    @classmethod
    def of_fault(cls, code: Any, text: str) -> Refusal:
        """As XML-RPC tells it."""
        if code in FAULTS:
            return cls(FAULTS[code], text.strip())
        raised = list(_RAISED.finditer(text))
        if not raised:
            return cls("", text.strip().rpartition("\n")[2])
        return cls(raised[-1]["name"], (raised[-1]["message"] or "").strip())

    def error(self, *, writes: bool) -> AdapterError:
        """What is to be done about it."""
        words = self.message or say("odoo_no_reason")
        answer = f"{self.name}: {self.message}"[:SHOWN]
        return self._kind(writes=writes)(words, code=self.name, answer=answer)

    def _kind(self, *, writes: bool) -> type[AdapterError]:
        if self.name in DENIED:
            return AccessDenied
        if self.name in BUSY:
            return Transient
        if self.name.startswith(DATABASE) and self.name.rpartition(".")[2] in LOST:
            return OutcomeUnknown if writes else Transient
        return Rejected


def of_import(answer: Mapping[str, Any], busy_text: str) -> AdapterError:
    """Why `load` made nothing. It never raises: it says so under `messages`, in words alone."""
    messages = answer.get("messages")
    told = [m for m in messages if isinstance(m, Mapping)] if isinstance(messages, list) else []
    errors = [m for m in told if m.get("type") == "error"]
    texts = dict.fromkeys(_INSIDE.split(str(m.get("message")))[0].strip() for m in errors)
    words = "; ".join(texts) or say("odoo_no_reason")
    field = next((str(m["field"]) for m in errors if m.get("field")), "")
    if re.search(busy_text, str(words)):
        return Transient(words, answer=str(words)[:SHOWN])
    return Rejected(words, field=field, answer=str(words)[:SHOWN])
