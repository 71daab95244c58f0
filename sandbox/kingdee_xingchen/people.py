"""What people do in the client: `POST /_sandbox/people/NAME` with keyword JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from sandbox.books import Books, Record, Refused

from .faults import Fault
from .forms import COMPUTED, CUSTOMER, ORDER, ROWS
from .lifecycle import Lifecycle
from .saving import Saving
from .shop import Shop

CLERK, PERSON = "clerk", "person:"


class People:
    """The side door for people of one account set."""

    def __init__(
        self, books: Books, saving: Saving, lifecycle: Lifecycle, switches: Mapping[str, Any]
    ) -> None:
        self._books = books
        self._saving = saving
        self._lifecycle = lifecycle
        self._shop = Shop(books, saving, switches)

    def functions(self) -> dict[str, Callable[..., Any]]:
        own: list[Callable[..., Any]] = [
            self.make_bill, self.add_customer, self.edit, self.edit_row, self.delete, self.audit,
            self.unaudit, self.close, self.snapshot, self.restore, *self._shop.functions(),
        ]  # fmt: skip
        return {call.__name__: _speaking(call) for call in own}

    def make_bill(
        self, model: dict[str, Any], form: str = ORDER, by: str = CLERK
    ) -> dict[str, str]:
        """Type a record by hand, as a save takes it: model, form, by."""
        made = self._saving.save(form, model, PERSON + by)
        return {"key": made.key, "number": made.number}

    def add_customer(self, name: str, number: str = "", by: str = CLERK) -> dict[str, str]:
        """Enter a customer: name, number, by."""
        return self.make_bill({"name": name, "number": number}, CUSTOMER, by)

    def edit(
        self,
        fields: dict[str, Any],
        number: str = "",
        form: str = ORDER,
        key: str = "",
        by: str = CLERK,
    ) -> None:
        """Change head fields in any state: fields, number or key, form, by."""
        record = self._record(form, number, key)
        values = self._saving.values(form, fields)
        self._books.change(form, record.key, values, by=PERSON + by)

    def edit_row(
        self, number: str, fields: dict[str, Any], seq: int = 1, form: str = ORDER, by: str = CLERK
    ) -> None:
        """Change fields of one row: number, fields, seq (from 1), form, by."""
        record = self._books.named(form, number)
        row = record.rows[ROWS][seq - 1]
        values = {n: v for n, v in fields.items() if n not in COMPUTED}
        self._books.change(form, record.key, {}, {ROWS: [(row.key, values)]}, by=PERSON + by)

    def delete(self, number: str = "", form: str = ORDER, key: str = "", by: str = CLERK) -> None:
        """Delete a record: number or key, form, by."""
        self._books.remove(form, self._record(form, number, key).key, by=PERSON + by)

    def audit(self, number: str, form: str = ORDER, by: str = CLERK) -> None:
        """Audit a bill: number, form, by."""
        self._lifecycle.audit(self._books.named(form, number), PERSON + by)

    def unaudit(self, number: str, form: str = ORDER, by: str = CLERK) -> None:
        """Take an audit back: number, form, by."""
        self._lifecycle.unaudit(self._books.named(form, number), PERSON + by)

    def close(self, number: str, form: str = ORDER, by: str = CLERK) -> None:
        """Close an audited bill: number, form, by."""
        self._lifecycle.close(self._books.named(form, number), PERSON + by)

    def snapshot(self, name: str = "backup") -> None:
        """Back the account set up: name."""
        self._books.backup(name)

    def restore(self, name: str = "backup") -> None:
        """Set the account set back to a backup: name."""
        self._books.restore(name)

    def _record(self, form: str, number: str, key: str) -> Record:
        return self._books.get(form, key) if key else self._books.named(form, number)


def _speaking(call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)
    def speak(**arguments: Any) -> Any:
        try:
            return call(**arguments)
        except (Fault, Refused) as refused:
            raise ValueError(str(refused)) from refused

    return speak
