"""What people do in the client: `POST /_sandbox/people/NAME` with keyword JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from sandbox.books import Books, Record, Refused

from .changes import Changes
from .faults import Fault
from .forms import CHANGE, CUSTOMER, OPEN, ORDER
from .lifecycle import PERSON, Lifecycle
from .saving import Saving
from .shop import Shop

CLERK = "clerk"


class People:
    """The side door for people of one tenant."""

    def __init__(
        self,
        books: Books,
        saving: Saving,
        lifecycle: Lifecycle,
        changes: Changes,
        switches: Mapping[str, Any],
    ) -> None:
        self._books = books
        self._saving = saving
        self._lifecycle = lifecycle
        self._changes = changes
        self._shop = Shop(books, saving, switches)

    def functions(self) -> dict[str, Callable[..., Any]]:
        own: list[Callable[..., Any]] = [
            self.make_bill, self.add_customer, self.edit, self.edit_row, self.delete, self.submit,
            self.audit, self.unaudit, self.approve, self.reject, self.cancel, self.close,
            self.forbid, self.start_change, self.put_into_effect, self.snapshot, self.restore,
            *self._shop.functions(),
        ]  # fmt: skip
        return {call.__name__: _speaking(call) for call in own}

    def make_bill(
        self, model: dict[str, Any], form: str = ORDER, by: str = CLERK
    ) -> dict[str, str]:
        """Type a bill by hand, as a save takes it: model, form, by."""
        made = self._saving.bill(form, {"_status": "Insert", **model}, PERSON + by)
        return {"key": made.key, "number": made.number}

    def add_customer(self, name: str, number: str = "", by: str = CLERK) -> dict[str, str]:
        """Enter a customer: name, number, by."""
        code = number or self._saving.next_code(CUSTOMER)
        values = {"code": code, "name": name, "createOrgCode": "100", "enterpriseNature": "0"}
        made = self._books.create(CUSTOMER, values, by=PERSON + by)
        return {"key": made.key, "number": made.number}

    def edit(
        self,
        fields: dict[str, Any],
        number: str = "",
        form: str = ORDER,
        key: str = "",
        by: str = CLERK,
    ) -> None:
        """Change head fields in any state: fields, number or key, form, by."""
        record = self._books.get(form, key) if key else self._books.named(form, number)
        values = self._saving.values(form, fields) | self._edited(form, by)
        self._books.change(form, record.key, values, by=PERSON + by)

    def edit_row(
        self, number: str, fields: dict[str, Any], seq: int = 1, form: str = ORDER, by: str = CLERK
    ) -> None:
        """Change fields of one row: number, fields, seq (from 1), form, by."""
        record = self._books.named(form, number)
        table = next(iter(record.rows))
        row = record.rows[table][seq - 1]
        rows = {table: [(row.key, self._saving.values(form, fields, table))]}
        self._books.change(form, record.key, self._edited(form, by), rows, by=PERSON + by)

    def _edited(self, form: str, by: str) -> dict[str, Any]:
        return {"editor": PERSON + by} if "editor" in self._books.forms[form].fields else {}

    def delete(self, number: str = "", form: str = ORDER, key: str = "", by: str = CLERK) -> None:
        """Delete a record: number or key, form, by."""
        record = self._books.get(form, key) if key else self._books.named(form, number)
        self._books.remove(form, record.key, by=PERSON + by)

    def submit(self, number: str, form: str = ORDER, by: str = CLERK) -> None:
        """Submit a bill: number, form, by."""
        self._lifecycle.submit(self._bill(form, number), PERSON + by)

    def audit(self, number: str, form: str = ORDER, by: str = CLERK) -> None:
        """Audit a bill, submitting it first where nobody has: number, form, by."""
        record = self._bill(form, number)
        if record.state == OPEN:
            self._lifecycle.submit(record, PERSON + by)
        self.approve(number, form, by)

    def unaudit(self, number: str, form: str = ORDER, by: str = CLERK) -> None:
        """Take an audit back: number, form, by."""
        self._lifecycle.unaudit(self._bill(form, number), PERSON + by)

    def approve(self, number: str, form: str = ORDER, by: str = "approver") -> None:
        """Approve what was submitted: number, form, by."""
        self._lifecycle.audit(self._bill(form, number), PERSON + by)
        if form == CHANGE:
            self._changes.audited(self._bill(form, number), PERSON + by)

    def reject(
        self, number: str, words: str = "不同意", form: str = ORDER, by: str = "approver"
    ) -> None:
        """Send back what was submitted: number, words, form, by."""
        self._lifecycle.reject(self._bill(form, number), PERSON + by, words)

    def cancel(self, number: str, by: str = CLERK) -> None:
        """An order is not wanted any more: number, by."""
        self._lifecycle.oppose(self._books.named(ORDER, number), PERSON + by, "不要了")

    def close(self, number: str, by: str = CLERK) -> None:
        """Close an audited order: number, by."""
        self._lifecycle.close(self._books.named(ORDER, number), PERSON + by)

    def forbid(self, number: str, form: str = CUSTOMER, by: str = "finance") -> None:
        """Stop a customer or product: number, form, by."""
        record = self._books.named(form, number)
        self._books.change(form, record.key, {"stopStatus": True}, by=PERSON + by)

    def start_change(self, number: str, by: str = CLERK) -> dict[str, str]:
        """Begin a change of an audited order by hand: number, by."""
        order = self._books.named(ORDER, number)
        made = self._changes.save({"_status": "Insert", "originalOrderId": order.key}, PERSON + by)
        return {"key": made.key, "number": made.number}

    def put_into_effect(self, number: str, by: str = CLERK) -> None:
        """Bring an audited change into its order: number (the order's), by."""
        self._changes.take_effect(self._bill(CHANGE, number), PERSON + by)

    def _bill(self, form: str, number: str) -> Record:
        """Changes have their order's number: the newest of them is meant."""
        if form == CHANGE:
            return self._changes.newest(self._books.named(ORDER, number).key)
        return self._books.named(form, number)

    def snapshot(self, name: str = "backup") -> None:
        """Back the tenant up: name."""
        self._books.backup(name)

    def restore(self, name: str = "backup") -> None:
        """Set the tenant back to a backup: name."""
        self._books.restore(name)


def _speaking(call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)
    def speak(**arguments: Any) -> Any:
        try:
            return call(**arguments)
        except (Fault, Refused) as refused:
            raise ValueError(str(refused)) from refused

    return speak
