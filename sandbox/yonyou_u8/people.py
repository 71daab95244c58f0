"""What people do in the client: `POST /_sandbox/people/NAME` with keyword JSON."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from sandbox.books import Books, Refused

from .faults import Fault
from .forms import AUDITED, CUSTOMER, ENTRY, OPEN, ORDER
from .saving import PERSON, Saving
from .shop import Shop

CLERK = "clerk"


class People:
    """The side door for people of one account set."""

    def __init__(self, books: Books, saving: Saving) -> None:
        self._books = books
        self._saving = saving
        self._shop = Shop(books, saving)

    def functions(self) -> dict[str, Callable[..., Any]]:
        own: list[Callable[..., Any]] = [
            self.make_bill, self.add_customer, self.edit, self.edit_row, self.change, self.delete,
            self.audit, self.unaudit, self.close, self.forbid, self.snapshot, self.restore,
            *self._shop.functions(),
        ]  # fmt: skip
        return {call.__name__: _speaking(call) for call in own}

    def make_bill(
        self, model: dict[str, Any], form: str = ORDER, by: str = CLERK
    ) -> dict[str, str]:
        """Type a bill by hand, as `add` takes it: model, form, by."""
        made = self._saving.add(form, model, PERSON + by)
        return {"key": made.number, "number": made.number}

    def add_customer(self, name: str, number: str = "", by: str = CLERK) -> dict[str, str]:
        """Enter a customer: name, number, by."""
        values = {"code": number or self._saving.next_code(CUSTOMER), "name": name,
                  "abbrname": name, "sort_code": "01"}  # fmt: skip
        made = self._books.create(CUSTOMER, values, by=PERSON + by)
        return {"key": made.number, "number": made.number}

    def edit(self, fields: dict[str, Any], number: str, form: str = ORDER, by: str = CLERK) -> None:
        """Change head fields in any state: fields, number, form, by."""
        record = self._books.named(form, number)
        values = self._saving.values(form, fields)
        self._books.change(form, record.key, values, by=PERSON + by)

    def edit_row(
        self, number: str, fields: dict[str, Any], seq: int = 1, form: str = ORDER, by: str = CLERK
    ) -> None:
        """Change fields of one row in any state: number, fields, seq (from 1), form, by."""
        record = self._books.named(form, number)
        row = record.rows[ENTRY][seq - 1]
        values = self._saving.values(form, fields, ENTRY)
        self._books.change(form, record.key, {}, {ENTRY: [(row.key, values)]}, by=PERSON + by)

    def change(
        self,
        number: str,
        fields: dict[str, Any] | None = None,
        lines: list[dict[str, Any]] | None = None,
        by: str = CLERK,
    ) -> None:
        """变更 of an order: fields of its head, and its rows anew, each with its rowno. What was
        audited is audited again. number, fields, lines, by."""
        record = self._books.named(ORDER, number)
        head, rows = self._saving.changed(record, fields or {}, lines)
        there = {str(row.values["rowno"]): row.key for row in record.each(ENTRY)}
        kept = [(there.get(str(row["rowno"]), ""), row) for row in rows]
        gone = set(there.values()) - {key for key, _ in kept}
        self._books.change(
            ORDER, record.key, head, {ENTRY: kept}, {ENTRY: list(gone)}, by=PERSON + by,
            operation="change",
        )  # fmt: skip

    def delete(self, number: str, form: str = ORDER, by: str = CLERK) -> None:
        """Delete a record: number, form, by."""
        self._books.remove(form, self._books.named(form, number).key, by=PERSON + by)

    def audit(self, number: str, form: str = ORDER, by: str = CLERK) -> None:
        """Audit a bill: number, form, by."""
        record = self._books.named(form, number)
        if record.state == OPEN:
            self._saving.verify(record, PERSON + by)

    def unaudit(self, number: str, form: str = ORDER, by: str = CLERK) -> None:
        """Take an audit back: number, form, by."""
        self._saving.unverify(self._books.named(form, number), PERSON + by)

    def close(self, number: str, by: str = CLERK) -> None:
        """Close an audited order: number, by."""
        record = self._books.named(ORDER, number)
        assert record.state == AUDITED
        self._saving.close(record, PERSON + by)

    def forbid(self, number: str, form: str = CUSTOMER, by: str = "finance") -> None:
        """Stop a customer or a material (停用日期): number, form, by."""
        record = self._books.named(form, number)
        day = self._books.clock.now().date()
        self._books.change(form, record.key, {"end_date": day}, by=PERSON + by)

    def snapshot(self, name: str = "backup") -> None:
        """Back the account set up: name."""
        self._books.backup(name)

    def restore(self, name: str = "backup") -> None:
        """Set the account set back to a backup: name."""
        self._books.restore(name)


def _speaking(call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)
    def speak(**arguments: Any) -> Any:
        try:
            return call(**arguments)
        except (Fault, Refused) as refused:
            raise ValueError(str(refused)) from refused

    return speak
