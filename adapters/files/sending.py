"""Writing: a file for each version of a record, whole, for others to import in order.

What was sent is known by what we keep of it; so a record, or our mark, is not sent twice, and a
doubt is ended by looking.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adapters.files.layout import PLACE
from adapters.files.outbox import Kept, Outbox
from adapters.files.receipts import Receipts
from adapters.files.rendering import Line, rendered
from adapters.files.sent import Sent, record
from adapters.files.settings import FilesSettings
from connector.contract import Record, Shape, TableWrite, Write, Written
from connector.errors import AlreadyExists, Changed, Gone, HalfDone, Rejected
from connector.kit.expected import difference
from connector.messages import say

NO_MARK = ("", "")
CREATE, UPDATE, CANCEL = "create", "update", "cancel"
STEPS = ("saved", "audited")
"""A file went out; the system that imports it says that it has done so."""

LineKeys = dict[str, dict[str, str]]


class Sending:
    """Sends of one connection. Safe for several threads."""

    def __init__(
        self, outbox: Outbox, sent: Sent, receipts: Receipts, settings: FilesSettings
    ) -> None:
        self._outbox = outbox
        self._sent = sent
        self._receipts = receipts
        self._settings = settings
        self._lock = threading.Lock()

    def create(self, write: Write) -> Written:
        """A record that was not sent before."""
        if write.show is None:
            raise Rejected(say("files_no_shape", form=write.form))
        parts = [str(write.fields.get(name) or "") for name in write.show.key]
        key, mark = "|".join(parts), write.reference or NO_MARK
        if not any(parts):
            raise Rejected(say("files_writes_no_key", names=", ".join(write.show.key)))
        with self._lock:
            taken = self._sent.known(write.form).holder(key, mark)
            if taken:
                raise AlreadyExists(say("files_was_sent", key=taken), key=taken)
            kept: Kept = {"key": key, "mark": mark, "version": 0, "fields": {}, "rows": {}}
            return self._send(write, kept, CREATE)

    def change(self, write: Write) -> Written:
        """A record that was sent: its new version, or that it does not count any more."""
        with self._lock:
            kept = self._sent.get(write.form, write.key)
            if kept is None:
                raise Gone(say("files_gone", key=write.key))
            if write.verb == "put" and (write.fields or write.tables):
                return self._send(write, kept, UPDATE)
            if write.verb == "cancel" and kept["operation"] != CANCEL:
                if CANCEL not in _operation(write):
                    raise Rejected(say("files_no_cancel", form=write.form))
                return self._send(write, kept, CANCEL)
        return self._confirmed(write, kept, Written(write.key, kept["number"]))

    def _send(self, write: Write, known: Kept, operation: str) -> Written:
        kept, line_keys = _changed(known, write)
        kept |= {"operation": operation, "version": known["version"] + 1}
        kept["receipts"] = self._receipts.last(write) if _is_awaited(write) else 0
        headings, lines = _sheet(kept, write)
        content = rendered(write.form, headings, lines, self._settings)
        self._outbox.send(write.form, kept, content, f".{self._settings.format}")
        shown = record(kept, write.show) if write.show else None
        written = Written(kept["key"], kept["number"], line_keys, shown=shown)
        there = Record(kept["key"], {**kept["fields"], **kept["rows"]})
        wrong = difference(write, there, line_keys) if write.expect else None
        if wrong is not None:
            raise HalfDone(written, wrong)
        return _awaiting(write, written)

    def _confirmed(self, write: Write, kept: Kept, written: Written) -> Written:
        """How far the other system is, where it tells and that is waited for."""
        receipt = self._receipts.of(write, kept) if _is_awaited(write) else None
        if receipt is None:
            return _awaiting(write, written)
        if receipt.refused:
            raise HalfDone(_awaiting(write, written), Rejected(receipt.reason))
        return replace(written, number=receipt.number or written.number, step=STEPS[-1])


def _is_awaited(write: Write) -> bool:
    """A receipt is waited for."""
    return write.until == STEPS[-1] and write.verb == "put"


def _awaiting(write: Write, written: Written) -> Written:
    """The file went out. What number the other system gives it, a receipt says."""
    if not _is_awaited(write):
        return replace(written, step=STEPS[0] if write.until else "")
    return replace(written, number="", step=STEPS[0], awaits=str(say("files_importer")))


# -- the record -------------------------------------------------------------------------------


def _changed(known: Kept, write: Write) -> tuple[Kept, LineKeys]:
    """The record after a write, and the keys of its new rows. What is emptied keeps its column."""
    kept = {
        **known,
        "fields": {**known["fields"], **write.fields},
        "rows": copy.deepcopy(known["rows"]),
    }
    tables = {*known["rows"], *write.tables}
    if len(tables) > 1:
        raise Rejected(say("files_one_table", form=write.form, tables=", ".join(sorted(tables))))
    kept["number"] = str(kept["fields"].get(write.number) or "") if write.number else ""
    added: LineKeys = {}
    for table, change in write.tables.items():
        key = write.show.tables[table].key if write.show else PLACE
        added[table] = _rows(kept["rows"].setdefault(table, []), change, key)
    return kept, added


def _rows(rows: list[dict[str, Any]], change: TableWrite, key: str) -> dict[str, str]:
    """Change `rows` in place; the keys of those that were added."""
    added: dict[str, str] = {}
    by_key = {str(row[key]): row for row in rows}
    for row in change.rows:
        if row.tables:
            raise Rejected(say("files_no_inner_rows", tables=", ".join(row.tables)))
        if row.key:
            if row.key not in by_key:
                raise Changed(say("files_row_gone", key=row.key))
            by_key[row.key].update(row.fields)
            continue
        own = str(row.fields.get(key) or _next(by_key))
        if own in by_key:
            raise Rejected(say("files_line_twice", name=key, key=own))
        by_key[own] = {key: own, **row.fields}
        rows.append(by_key[own])
        added[row.line] = own
    rows[:] = [row for row in rows if str(row[key]) not in set(change.drop)]
    return added


def _next(keys: Mapping[str, Any]) -> int:
    return max((int(key) for key in keys if key.isdecimal()), default=0) + 1


# -- the sheet --------------------------------------------------------------------------------


def _sheet(kept: Kept, write: Write) -> tuple[list[str], list[Line]]:
    """Headings and lines: a line for each row, with what is the record's own in each."""
    told = _operation(write)
    own = {**kept["fields"], **dict([kept["mark"]] if kept["mark"][0] else [])}
    if told:
        own = {str(told["column"]): told.get(kept["operation"], ""), **own}
    rows = [row for rows in kept["rows"].values() for row in rows] or [{}]
    lines: list[Line] = [{**own, **row} for row in rows]
    usual = dict.fromkeys((*own, *_asked(write.show), *(name for row in rows for name in row)))
    wanted = write.options.get("columns") or usual
    return [str(name) for name in wanted if name != PLACE], lines


def _asked(shape: Shape | None) -> tuple[str, ...]:
    """Every field that is shown, so that each file has the same columns."""
    if shape is None:
        return ()
    return (*shape.fields, *(name for table in shape.tables.values() for name in table.fields))


def _operation(write: Write) -> Mapping[str, Any]:
    """The mapping's words for what a file is about, and in which column they stand."""
    found: Mapping[str, Any] = write.options.get("operation") or {}
    return found
