"""What we sent: the newest version of each record, by its key and by our mark."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from adapters.files.outbox import Kept, Outbox
from connector.contract import Record, Shape


@dataclass(slots=True)
class Known:
    """What is known of a form."""

    numbers: dict[str, int] = field(default_factory=dict)
    """By key, the number under which it went out last."""
    marks: dict[tuple[str, str], str] = field(default_factory=dict)
    """By our mark, a field and its value, the key."""
    upto: int = 0
    """Up to this number nothing will be added."""

    def holder(self, key: str, mark: tuple[str, str]) -> str:
        """The key of the record that has this key, or our mark, already; empty: none."""
        return key if key in self.numbers else self.marks.get(mark, "")


class Sent:
    """That of one connection. Safe for several threads."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._forms: dict[str, Known] = {}
        self._lock = threading.Lock()

    def known(self, form: str) -> Known:
        """What went out so far, whoever sent it."""
        with self._lock:
            known = self._forms.setdefault(form, Known())
            found, known.upto = self._outbox.since(form, known.upto)
            for number, kept in found:
                known.numbers[kept["key"]] = number
                field, value = kept["mark"]
                if field:
                    known.marks[field, value] = kept["key"]
            return known

    def keys(self, form: str) -> Collection[str]:
        return self.known(form).numbers

    def get(self, form: str, key: str) -> Kept | None:
        """A record as it went out last."""
        return next(self._kept(form, [key]), None)

    def _kept(self, form: str, keys: Iterable[str]) -> Iterator[Kept]:
        numbers = self.known(form).numbers
        for number in [numbers[key] for key in keys if key in numbers]:
            kept = self._outbox.went(form, number)
            if kept is not None:
                yield kept
                continue
            with self._lock:
                self._forms.pop(form, None)  # people have cleared it away: learn anew

    def since(self, shape: Shape, after: int) -> list[tuple[int, Record]]:
        """Records that went out behind a number, by their last one."""
        known = self.known(shape.form)
        news = {n: key for key, n in known.numbers.items() if after < n <= known.upto}
        shown = {record.key: record for record in self.fetch(shape, list(news.values()))}
        return [(n, shown[key]) for n, key in sorted(news.items()) if key in shown]

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        """These records, as they went out last."""
        return (record(kept, shape) for kept in self._kept(shape.form, dict.fromkeys(keys)))

    def having(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        """Records in which a field says one of these: by our mark at once, else by looking."""
        known = self.known(shape.form)
        if any(name == field for name, _ in known.marks):
            marks = [(field, value) for value in values]
            return self.fetch(shape, [known.marks[mark] for mark in marks if mark in known.marks])
        return self.fetch(shape, list(known.numbers))


def record(kept: Kept, shape: Shape) -> Record:
    """A record as it was kept, in the fields that are asked for."""
    names = (*shape.fields, *shape.key, *filter(None, [shape.number]))
    told = {**kept["fields"], **dict([kept["mark"]])}
    fields: dict[str, Any] = _told(told, names)
    for name, table in shape.tables.items():
        rows = kept["rows"].get(name, ())
        fields[name] = [_told(row, (table.key, *table.fields)) for row in rows]
    return Record(kept["key"], fields, kept["number"], stamp=str(kept["version"]))


def _told(values: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Days and instants as text, as a sheet tells them."""
    told = ((name, values[name]) for name in names if name in values)
    return {name: v.isoformat() if isinstance(v, date) else v for name, v in told}
