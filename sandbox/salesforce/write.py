"""Creating, changing and deleting: one record, or a collection of them with an outcome each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

from sandbox.books import Books, Record, Refused
from sandbox.faults import Faults

from .amounts import Amounts
from .errors import DELETED as GONE
from .errors import DUPLICATES, LOCKED, NO_SUCH_ID, NOT_FOUND, ROW_LOCK, Refusal, refusal_of
from .forms import DETAILS
from .shown import DELETED, Shown

MOST, CHUNKS = 200, 10
"""Records in a collection, and runs of one object in it."""
CHECKED = {"Account": "Name"}
"""Objects whose new records are compared with those that are there, and by what."""


class Writer:
    """Answers whatever changes records."""

    def __init__(
        self,
        books: Books,
        shown: Shown,
        amounts: Amounts,
        faults: Faults,
        switches: Mapping[str, Any],
    ) -> None:
        self._books = books
        self._shown = shown
        self._amounts = amounts
        self._faults = faults
        self._switches = switches

    def create(self, form: str, body: Mapping[str, Any], *, allow: bool) -> str:
        """The new record's id. `allow`: though it looks like another one. Raises Refusal."""
        self._meet("create", form)
        given = self._shown.given(form, body)
        if self._switches["duplicate_rule"] and not allow:
            self._refuse_duplicates(form, given)
        return self._done(form, lambda: self._books.create(form, given))

    def change(self, form: str, key: str, body: Mapping[str, Any], missing: Any) -> None:
        """Set these fields. `missing` is what is said of an unknown id. Raises Refusal."""
        self._meet("update", form)
        record = self.find(form, key, missing)
        given = self._shown.given(form, body)
        if record.values.get("Status") == "In Approval" and self._switches["approval_locks"]:
            raise Refusal(*LOCKED)
        self._done(form, lambda: self._books.change(form, record.key, given))

    def delete(self, form: str, key: str) -> None:
        """Into the recycle bin. Raises Refusal."""
        self.drop(self.find(form, key, NOT_FOUND), "api")

    def find(self, form: str, key: str, missing: Any = NOT_FOUND) -> Record:
        """A record that is not deleted. Raises Refusal."""
        live = self._books.live(form)
        record = live.get(key) or next((one for one in live.values() if one.key[:15] == key), None)
        if record is None:
            raise Refusal(*missing)
        if record.state == DELETED:
            raise Refusal(*GONE)
        return record

    def drop(self, record: Record, by: str) -> None:
        """Delete a record and its lines. Whether that moves its stamp is not documented."""
        line, its, _ = DETAILS.get(record.form, ("", "", ""))
        with self._books.at_once():
            for one in self._books.having(line, its, record.key) if line else ():
                if one.state != DELETED:
                    self.drop(one, by)
            binned = self._books.move(record.form, record.key, DELETED, by=by, operation="delete")
        if not self._switches["deletion_moves_stamp"]:
            self._books.recompute(replace(binned, stamp=record.stamp))
        self._amounts.follow(binned)

    # -- collections ------------------------------------------------------------------------

    def collection(self, method: str, body: Any, *, allow: bool) -> list[dict[str, Any]]:
        """One result for each record, in order. Raises Refusal for what is no collection."""
        records = body.get("records") if isinstance(body, dict) else None
        if not isinstance(records, list) or not records or not all(map(_is_typed, records)):
            raise Refusal(400, "JSON_PARSER_ERROR", "records with attributes are expected")
        if body.get("allOrNone"):
            raise Refusal(400, "FUNCTIONALITY_NOT_ENABLED", "allOrNone is not simulated")
        runs = [form for form, _ in groupby(records, key=lambda one: one["attributes"]["type"])]
        if len(records) > MOST or len(runs) > CHUNKS:
            words = f"at most {MOST} records in {CHUNKS} chunks, not {len(records)} in {len(runs)}"
            raise Refusal(400, "EXCEEDED_ID_LIMIT", words)
        for record in records:
            self._read(record)
        return [self._one(method, dict(record), allow=allow) for record in records]

    def _read(self, record: Mapping[str, Any]) -> None:
        """A value that cannot be read refuses the collection before anything is done."""
        form = str(record["attributes"]["type"])
        if form in self._books.forms:
            known = self._shown.fields(form)
            self._shown.given(form, {n: v for n, v in record.items() if n in known})

    def _one(self, method: str, record: dict[str, Any], *, allow: bool) -> dict[str, Any]:
        form = str(record.pop("attributes")["type"])
        key = str(record.pop("id", "") or record.pop("Id", "") or "")
        try:
            if form not in self._books.forms:
                raise Refusal(400, "INVALID_TYPE", f"sObject type '{form}' is not supported.")
            if method == "PATCH":
                self.change(form, key, record, NO_SUCH_ID)
            else:
                key = self.create(form, record, allow=allow)
        except Refusal as refusal:
            return refusal.result()
        return {"id": key, "success": True, "errors": []}

    def _done(self, form: str, change: Callable[[], Record]) -> str:
        try:
            record = change()
        except Refused as refused:
            raise refusal_of(refused, form, self._books) from None
        self._amounts.follow(record)
        return record.key

    def _meet(self, operation: str, form: str) -> None:
        if self._faults.pick(operation, form, system="row_lock"):
            raise Refusal(*ROW_LOCK)

    def _refuse_duplicates(self, form: str, given: Mapping[str, Any]) -> None:
        name = CHECKED.get(form, "")
        found = self._books.having(form, name, given.get(name)) if name else []
        if any(one.state != DELETED for one in found):
            raise Refusal(*DUPLICATES)


def _is_typed(record: Any) -> bool:
    attributes = record.get("attributes") if isinstance(record, dict) else None
    return isinstance(attributes, dict) and isinstance(attributes.get("type"), str)
