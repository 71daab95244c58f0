"""Records at one moment, and tables of them with the indexes that keep queries fast."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .forms import Form

Key = int | str
"""Ids are whole numbers; only stock rows have a GUID."""


@dataclass(slots=True)
class Row:
    """One entry row (分录)."""

    id: int
    values: dict[str, Any] = field(default_factory=dict)

    def copy(self) -> Row:
        return Row(self.id, self.values.copy())


@dataclass(slots=True)
class Bill:
    """One record of any form as it is at one moment.

    A stored bill never changes: whoever changes it works on a `copy` and commits that. So the
    state before is at hand, a refusal needs no undoing and a backup costs nothing.
    """

    form: Form
    id: Key
    values: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    answered: frozenset[str] = frozenset()
    """Prompts that somebody answered with yes for this bill."""
    previous: Bill | None = None
    """What queries show until `shown_at`."""
    shown_at: float = 0.0

    @property
    def number(self) -> str:
        return str(self.values.get(self.form.number) or "")

    @property
    def status(self) -> str:
        return str(self.values.get("FDocumentStatus") or "")

    def copy(self) -> Bill:
        rows = {entity: [row.copy() for row in rows] for entity, rows in self.rows.items()}
        return Bill(self.form, self.id, self.values.copy(), rows, self.answered)

    def seen(self, now: float) -> Bill | None:
        """The state that a query shows at `now`; None while it shows none."""
        return self if self.shown_at <= now else self.previous

    def each_row(self) -> Iterator[Row]:
        """The rows of the main entry, which is the form's first."""
        for entity in self.form.entries:
            return iter(self.rows.get(entity, ()))
        return iter(())


class Table:
    """All records of one form."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.bills: dict[Key, Bill] = {}
        """In the order of their ids, which only ever grow (stock rows: of their coming)."""
        self._indexes: dict[str, dict[Any, tuple[Key, ...]]] = {key: {} for key in form.indexed}
        self._stamps: list[tuple[str, Key]] = []

    def get(self, key: Key) -> Bill | None:
        return self.bills.get(key)

    def is_indexed(self, key: str) -> bool:
        return key == self.form.pk or key in self._indexes

    def lookup(self, key: str, value: Any) -> tuple[Key, ...]:
        """The ids of records with this value in an indexed field (or in one of their rows)."""
        if key == self.form.pk:
            return (value,) if value in self.bills else ()
        return self._indexes[key].get(value, ())

    def find(self, key: str, value: Any) -> list[Bill]:
        return [self.bills[found] for found in self.lookup(key, value)]

    def stamped(self, low: str, high: str) -> list[Key]:
        """Ids whose modification stamp may lie within `[low, high]`, old stamps included."""
        first = bisect_left(self._stamps, low, key=_stamp)
        last = bisect_right(self._stamps, high, key=_stamp)
        return list({key for _, key in self._stamps[first:last]})

    def put(self, bill: Bill) -> None:
        self._reindex(self.bills.get(bill.id), bill)
        self.bills[bill.id] = bill
        stamp = bill.values.get("FModifyDate")
        if stamp:
            insort(self._stamps, (stamp, bill.id))
        if len(self._stamps) > 4 * len(self.bills) + 1000:
            self._forget_old_stamps()

    def remove(self, bill: Bill) -> None:
        self._reindex(bill, None)
        del self.bills[bill.id]

    def copy(self) -> Table:
        """A backup: bills and index entries are never changed in place."""
        made = Table(self.form)
        made.bills = self.bills.copy()
        made._indexes = {key: index.copy() for key, index in self._indexes.items()}
        made._stamps = self._stamps.copy()
        return made

    def _reindex(self, old: Bill | None, new: Bill | None) -> None:
        for key, index in self._indexes.items():
            before = self._values(old, key) if old else set()
            after = self._values(new, key) if new else set()
            for value in before - after:
                left = tuple(found for found in index[value] if old and found != old.id)
                if left:
                    index[value] = left
                else:
                    del index[value]
            for value in after - before:
                if new:
                    index[value] = (*index.get(value, ()), new.id)

    def _values(self, bill: Bill, key: str) -> set[Any]:
        entity = self.form.fields[key].entity
        if not entity:
            value = bill.values.get(key)
            return {value} if value else set()
        return {value for row in bill.rows.get(entity, ()) if (value := row.values.get(key))}

    def _forget_old_stamps(self) -> None:
        self._stamps = sorted(
            (stamp, bill.id)
            for kept in self.bills.values()
            for bill in (kept, kept.previous)
            if bill and (stamp := bill.values.get("FModifyDate"))
        )


def _stamp(entry: tuple[str, Key]) -> str:
    return entry[0]
