"""What people do in T+: `POST /_sandbox/people/NAME` with keyword JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from sandbox.books import Books, Record, Refused

from .auth import Auth
from .faults import Fault
from .forms import OPEN, ORDER, PARTNER
from .lifecycle import PERSON, Lifecycle
from .load import CUSTOMER
from .saving import Saving
from .shop import Shop

CLERK = "clerk"


class People:
    """The side door for people of one account set."""

    def __init__(
        self,
        books: Books,
        saving: Saving,
        lifecycle: Lifecycle,
        switches: Mapping[str, Any],
        auth: Auth,
    ) -> None:
        self._books = books
        self._saving = saving
        self._lifecycle = lifecycle
        self._auth = auth
        self._shop = Shop(books, saving, switches)

    def functions(self) -> dict[str, Callable[..., Any]]:
        own: list[Callable[..., Any]] = [
            self.make_bill, self.add_customer, self.edit, self.edit_row, self.delete, self.audit,
            self.unaudit, self.approve, self.reject, self.close, self.disable, self.authorise,
            self.snapshot, self.restore, *self._shop.functions(),
        ]  # fmt: skip
        return {call.__name__: _speaking(call) for call in own}

    def make_bill(
        self, model: dict[str, Any], form: str = ORDER, by: str = CLERK
    ) -> dict[str, str]:
        """Type a bill by hand, as a save takes it: model, form, by."""
        made = self._saving.create(form, model, PERSON + by)
        return {"key": made.key, "number": made.number}

    def add_customer(self, name: str, number: str = "", by: str = CLERK) -> dict[str, str]:
        """Enter a customer: name, number, by."""
        code = number or self._saving.next_code(PARTNER)
        values = {"Code": code, "Name": name, "PartnerTypeCode": CUSTOMER}
        made = self._books.create(PARTNER, values, by=PERSON + by)
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
        record = self._one(form, number, key)
        values = self._saving.values(form, fields)
        self._books.change(form, record.key, values, by=PERSON + by)

    def edit_row(
        self, number: str, fields: dict[str, Any], seq: int = 1, form: str = ORDER, by: str = CLERK
    ) -> None:
        """Change fields of one row: number, fields, seq (from 1), form, by."""
        record = self._books.named(form, number)
        table = next(iter(record.rows))
        row = record.rows[table][seq - 1]
        rows = {table: [(row.key, self._saving.values(form, fields, table))]}
        self._books.change(form, record.key, {}, rows, by=PERSON + by)

    def delete(self, number: str = "", form: str = ORDER, key: str = "", by: str = CLERK) -> None:
        """Delete a record: number or key, form, by."""
        self._books.remove(form, self._one(form, number, key).key, by=PERSON + by)

    def audit(self, number: str, form: str = ORDER, by: str = CLERK) -> None:
        """Audit a bill: number, form, by."""
        record = self._books.named(form, number)
        step = self._lifecycle.audit if record.state == OPEN else self._lifecycle.approve
        step(record, PERSON + by)

    def unaudit(self, number: str, form: str = ORDER, by: str = CLERK) -> None:
        """Take an audit back: number, form, by."""
        self._lifecycle.unaudit(self._books.named(form, number), PERSON + by)

    def approve(self, number: str, form: str = ORDER, by: str = "approver") -> None:
        """Approve what a flow holds: number, form, by."""
        self._lifecycle.approve(self._books.named(form, number), PERSON + by)

    def reject(self, number: str, form: str = ORDER, by: str = "approver") -> None:
        """Send back what a flow holds: number, form, by."""
        self._lifecycle.reject(self._books.named(form, number), PERSON + by)

    def close(self, number: str, form: str = ORDER, by: str = CLERK) -> None:
        """Close an audited bill: number, form, by."""
        self._lifecycle.close(self._books.named(form, number), PERSON + by)

    def disable(self, number: str, form: str = PARTNER, by: str = "finance") -> None:
        """Disable a record of an archive: number, form, by."""
        record = self._books.named(form, number)
        self._books.change(form, record.key, {"Disabled": True}, by=PERSON + by)

    def authorise(self) -> dict[str, Any]:
        """Let the application in by a user's grant: a token, and what renews it."""
        return self._auth.grant()

    def snapshot(self, name: str = "backup") -> None:
        """Back the account set up: name."""
        self._books.backup(name)

    def restore(self, name: str = "backup") -> None:
        """Set it back to a backup: name."""
        self._books.restore(name)

    def _one(self, form: str, number: str, key: str) -> Record:
        return self._books.get(form, key) if key else self._books.named(form, number)


def _speaking(call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)
    def speak(**arguments: Any) -> Any:
        try:
            return call(**arguments)
        except (Fault, Refused) as refused:
            raise ValueError(str(refused)) from refused

    return speak
