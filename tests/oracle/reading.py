"""The history, looked at from one record: its versions, its bills, and what is said of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from tests.oracle import expected
from tests.oracle.history import Entry, Fields, History, Listed, Version

FORMS = {"order": ("bill", "orders"), "account": ("partner", "customers")}
"""CRM form: the ERP's form and the flow that carries it."""


class Violation(NamedTuple):
    """A promise that was broken."""

    kind: str
    """`lost`, `duplicated`, `unexpected`, `order`, `diverged`, `bounds` or `leaked`."""
    predicate: str
    key: str
    text: str

    def __str__(self) -> str:
        return f"{self.predicate} {self.kind} {self.key}: {self.text}"


class Story:
    """One record of the CRM and all that belongs to it."""

    def __init__(self, history: History, form: str, key: str) -> None:
        self.history = history
        self.form = form
        self.key = key
        self.target, self.flow = FORMS[form]
        self.mark = expected.MARK + key

    @cached_property
    def versions(self) -> list[Version]:
        """As others could see them, oldest first."""
        return [v for v in self.history.versions if (v.form, v.key) == (self.form, self.key)]

    @cached_property
    def entries(self) -> list[Entry]:
        """What happened to its bills, in order."""
        return [e for e in self.history.erp if (e.form, e.reference) == (self.target, self.mark)]

    @property
    def newest(self) -> Fields | None:
        return self.versions[-1].fields

    @property
    def scope(self) -> str:
        """`in`, `hold` or `out`, as the flow's `when` and `hold` say."""
        return scope(self.form, self.newest)

    @cached_property
    def bills(self) -> dict[str, Fields]:
        """Its bills as they stand at the end, void ones included, by their key."""
        standing: dict[str, Fields] = {}
        for entry in self.entries:
            if entry.after is None:
                standing.pop(entry.key, None)
            else:
                standing[entry.key] = entry.after
        return standing

    @property
    def live(self) -> list[Fields]:
        return [bill for bill in self.bills.values() if not bill["void"]]

    @property
    def failure(self) -> Listed | None:
        """Its line in the listing of failures."""
        for line in self.history.failures:
            if (line.flow, line.key) == (self.flow, self.key):
                return line
        return None

    @property
    def set_aside(self) -> bool:
        """A person saw it listed and discarded it, and nothing has changed since."""
        since = self.versions[-1].at
        return any(
            (d.what, d.flow, d.key) == ("discard", self.flow, self.key) and d.at >= since
            for d in self.history.decisions
        )

    @property
    def parked(self) -> bool:
        """It names a customer that is listed itself: both go when that is mended."""
        if self.form != "order" or self.newest is None or self.scope != "in":
            return False
        customer = self.newest["customer"]
        return any((f.flow, f.key) == ("customers", customer) for f in self.history.failures)

    @property
    def waits(self) -> bool:
        """It is neither done nor given up."""
        return any((w.flow, w.key) == (self.flow, self.key) for w in self.history.waiting)

    def reconciled(self, kind: str) -> bool:
        return any(f.kind == kind and f.key == self.key for f in self.history.reconciled)

    def drifted(self, name: str) -> bool:
        """The reconciliation shows that people changed this field."""
        return any(
            path == name or path.startswith(f"{name}/") or path.endswith(f"/{name}")
            for found in self.history.reconciled
            if found.key == self.key
            for path in found.paths
        )

    def pieces_at(self, entry: Entry) -> list[Fields]:
        """The rows that people split off, as they stood when something was written."""
        rows = (entry.after or {}).get("rows", ())
        return [row for row in rows if row.get("split_of")]

    def by_people(self, *what: str) -> list[Entry]:
        return [e for e in self.entries if e.who == "people" and (not what or e.what in what)]

    def wanted(self, fields: Fields) -> expected.Expected:
        """What its bill must show for a version."""
        if self.form == "order":
            return expected.bill(fields, self.history.terms.numbering)
        return expected.partner(fields)


def scope(form: str, fields: Fields | None) -> str:
    """Whether a version belongs to its flow."""
    if fields is None:
        return "out"
    if form == "account":
        return "in"
    status = fields["status"]
    return {"confirmed": "in", "in_approval": "hold"}.get(status, "out")


def stories(history: History) -> Iterator[Story]:
    """Every record that the CRM ever held and that a flow carries."""
    seen: dict[tuple[str, str], None] = {}
    for version in history.versions:
        if version.form in FORMS:
            seen.setdefault((version.form, version.key))
    for form, key in seen:
        yield Story(history, form, key)


def last_setters(entries: list[Entry]) -> dict[str, str]:
    """Who wrote each field of a bill last; a table's rows together as one. What a `system` put back
    from its backup is its own."""
    setters: dict[str, str] = defaultdict(str)
    for entry in entries:
        for name in (entry.after or ()) if entry.what == "restore" else entry.written:
            setters[name] = entry.who
    return setters
