"""An account set (账套): every record, their ids and numbers, and the one way to commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sandbox.clock import CHINA, SandboxClock
from sandbox.ledger import Ledger

from .catalogue import ALIASES, FORMS
from .errors import unknown_form
from .forms import Field, Form
from .records import Bill, Key, Row, Table
from .values import starting_values

FIRST_ID = {"ORG_Organizations": 1}
"""Where ids of a form begin; elsewhere 100001, and entry ids 200001."""
API_USER = "demo"
STAMPS = frozenset(("FModifyDate", "FModifierId"))


class AccountSet:
    """All state of the simulated server besides sessions and switches."""

    def __init__(self, ledger: Ledger, clock: SandboxClock, switches: Mapping[str, Any]) -> None:
        self.ledger, self.clock, self.switches = ledger, clock, switches
        self.tables = {form_id: Table(form) for form_id, form in FORMS.items()}
        self.counters: Counter[str] = Counter()
        self.locks: dict[tuple[str, Key], tuple[str, float]] = {}
        """Bills that somebody has open: who, and until when (network control)."""
        self.repeats: set[str] = set()
        """Bodies saved under ValidateRepeatJson."""
        self._backups: dict[str, tuple[dict[str, Table], Counter[str]]] = {}

    def table(self, form_id: str) -> Table:
        """The records of a form; raises `Refused` for a form that does not exist."""
        try:
            return self.tables[ALIASES.get(form_id, form_id)]
        except KeyError:
            raise unknown_form(form_id) from None

    def bill(self, form_id: str, key: Key) -> Bill:
        return self.tables[form_id].bills[key]

    def find(self, form_id: str, number: str, org: int | None = None) -> Bill | None:
        """Base data by number; where each organisation has its own copy, that of `org`."""
        table = self.table(form_id)
        found = table.find(table.form.number, number)
        if table.form.allocated and org:
            found = [bill for bill in found if bill.values.get("FUseOrgId") == org]
        return found[0] if found else None

    def require(self, form_id: str, number: str, org: int | None = None) -> Bill:
        """As `find`, for people and loading: KeyError instead of None."""
        found = self.find(form_id, number, org)
        if found is None:
            raise KeyError(f"{form_id} {number}")
        return found

    def number_of(self, made: Field, key: Any) -> str:
        bill = self.tables[made.base].get(key) if key else None
        return bill.number if bill else ""

    def next_id(self, form: Form) -> int:
        self.counters[form.id] += 1
        return FIRST_ID.get(form.id, 100001) - 1 + self.counters[form.id]

    def next_guid(self) -> str:
        self.counters["guid"] += 1
        return UUID(int=self.counters["guid"] * 0x9E3779B97F4A7C15 % 2**128, version=4).hex

    def next_row(self, form: Form) -> Row:
        self.counters[f"{form.id} row"] += 1
        return Row(200000 + self.counters[f"{form.id} row"])

    def next_number(self, form: Form) -> str:
        """The next free number of the form's rule."""
        table, name = self.tables[form.id], f"{form.id} number"
        while True:
            self.counters[name] += 1
            number = f"{form.prefix or form.id}{self.counters[name]:06}"
            if not table.lookup(form.number, number):
                return number

    def new_bill(self, form: Form) -> Bill:
        """A record as an empty screen shows it, without an id."""
        return Bill(form, 0, starting_values(form, "").copy())

    def new_row(self, form: Form, entity: str) -> Row:
        row = self.next_row(form)
        row.values = starting_values(form, entity).copy()
        return row

    def user(self, by: str) -> int:
        """The id of `api`'s user or of `person:NAME`, who is made known at the first mention."""
        name = by.removeprefix("person:") if by != "api" else API_USER
        table = self.tables["SEC_User"]
        found = table.lookup("FNumber", name)
        if found:
            return int(found[0])
        named = dict.fromkeys(("FNumber", "FName", "FUserAccount"), name)
        bill = Bill(table.form, self.next_id(table.form), named)
        table.put(bill)
        return int(bill.id)

    def now(self) -> str:
        return stamp_of(self.clock.now())

    def commit(
        self,
        operation: str,
        bill: Bill,
        by: str,
        *,
        moves: bool = True,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Make `bill` the record's present state and write the ledger.

        `moves` is False for changes that do not touch the modification stamp: row status,
        executed quantities. `details` are added to the ledger line's data.
        """
        table = self.tables[bill.form.id]
        before = table.get(bill.id)
        now = self.clock.now()
        if (moves or self.switches["stamps_move"]) and "FModifyDate" in bill.form.fields:
            bill.values["FModifyDate"] = stamp_of(now)
            bill.values["FModifierId"] = self.user(by)
        bill.previous = None
        if self.switches["visible_after"]:
            seen = before and before.seen(now.timestamp())
            bill.previous = seen and replace(seen, previous=None)
            bill.shown_at = now.timestamp() + self.switches["visible_after"]
        data = self.changes(before, bill) if before else self.model(bill)
        table.put(bill)
        self._witness(operation, bill, by, {**data, **(details or {})})

    def remove(self, operation: str, bill: Bill, by: str) -> None:
        self.tables[bill.form.id].remove(bill)
        self._witness(operation, bill, by, {})

    def _witness(self, operation: str, bill: Bill, by: str, data: dict[str, Any]) -> None:
        self.ledger.append(
            "commit", operation, form=bill.form.id, key=str(bill.id), number=bill.number, by=by,
            data=data,
        )  # fmt: skip

    def model(self, bill: Bill) -> dict[str, Any]:
        """The record in field keys, rows with their entry ids; sub-heads are not nested."""
        data = {bill.form.pk: bill.id, **self._shown(bill.form, bill.values)}
        for entity, rows in bill.rows.items():
            data[entity] = [
                {"FEntryID": row.id, **self._shown(bill.form, row.values)} for row in rows
            ]
        return data

    def _shown(self, form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
        shown = {key: value for key, value in values.items() if value is not None and value != ""}
        for key in form.base_data.keys() & shown.keys():
            shown[key] = self._show(form, key, shown[key])
        return shown

    def _show(self, form: Form, key: str, value: Any) -> Any:
        base = form.base_data.get(key)
        if not base or not value:
            return value
        found = self.tables[base].get(value)
        return {"FNumber": found.number if found else ""}

    def changes(self, before: Bill, after: Bill) -> dict[str, Any]:
        """What differs: `{field: {old, new}}`, and for rows `rows`, `added`, `deleted`."""
        form = after.form
        data = self._differences(form, before.values, after.values)
        old = {row.id: row for rows in before.rows.values() for row in rows}
        new = {row.id: row for rows in after.rows.values() for row in rows}
        rows = {
            str(row_id): changed
            for row_id, row in new.items()
            if row_id in old
            and (changed := self._differences(form, old[row_id].values, row.values))
        }
        added = [
            {"FEntryID": row.id, **self._shown(form, row.values)}
            for row in new.values()
            if row.id not in old
        ]
        deleted = [row_id for row_id in old if row_id not in new]
        found = {"rows": rows, "added": added, "deleted": deleted}
        return {**data, **{name: part for name, part in found.items() if part}}

    def _differences(
        self, form: Form, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> dict[str, Any]:
        if old == new:
            return {}
        return {
            key: {
                "old": self._show(form, key, old.get(key)),
                "new": self._show(form, key, new.get(key)),
            }
            for key in {**new, **old}
            if old.get(key) != new.get(key) and key not in STAMPS
        }

    def backup(self, name: str) -> None:
        """Remember everything under `name`."""
        tables = {form_id: table.copy() for form_id, table in self.tables.items()}
        self._backups[name] = tables, self.counters.copy()

    def restore(self, name: str) -> None:
        """Set everything back, ids and numbers included: they will be given out again."""
        tables, counters = self._backups[name]
        self.tables = {form_id: table.copy() for form_id, table in tables.items()}
        self.counters = counters.copy()


def stamp_of(moment: datetime) -> str:
    """China's local time in milliseconds, the fraction's trailing zeros cut as .NET does."""
    text = moment.astimezone(CHINA).isoformat(timespec="milliseconds")[:23]
    return text.rstrip("0").rstrip(".") if text.endswith("0") else text
