"""What people do in the client: `POST /_sandbox/people/NAME` with keyword JSON.

People answer the client's questions with yes, and may edit audited bills: they un-audit, edit
and audit again in one sitting, which is one line in the ledger. `by` names who does it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import wraps
from random import Random
from typing import Any

from . import editing
from .account_set import AccountSet
from .accountants import Accountants
from .buyers import Buyers
from .changes import CHANGE, make_change, take_effect
from .errors import Refused
from .forms import Form
from .lifecycle import STEPS, approve, audit, reject, submit
from .operations import BASE_DATA, SALES, Operation, allocate_to
from .records import Bill
from .rules import Act
from .save import SaveOptions, save
from .shop_floor import ShopFloor
from .warehouse import Warehouse

CLERK = "clerk"
ORDER = "SAL_SaleOrder"
CUSTOMER = "BD_Customer"


class People:
    """The side door for people of one account set."""

    def __init__(self, books: AccountSet, rng: Random) -> None:
        self.books = books
        warehouse = Warehouse(books)
        self._departments = (
            ShopFloor(books, rng, warehouse), warehouse, Buyers(books), Accountants(books),
        )  # fmt: skip

    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """Every function by name; a refusal of the server becomes a ValueError."""
        own = (
            self.submit, self.audit, self.unaudit, self.approve, self.reject, self.delete,
            self.edit, self.edit_row, self.insert_row, self.split_row, self.delete_row,
            self.close_row, self.close, self.cancel, self.forbid, self.enable, self.allocate,
            self.make_bill, self.audit_customer, self.set_credit_limit, self.set_limit_price,
            self.lock_bill, self.unlock_bill, self.snapshot, self.restore,
            self.start_change, self.put_into_effect,
        )  # fmt: skip
        calls: list[Callable[..., Any]] = [*own]
        for department in self._departments:
            calls += department.functions()
        return {call.__name__: _speaking(call) for call in calls}

    def submit(self, number: str, form: str = ORDER, by: str = CLERK) -> None:
        """Submit a record: number, form, by."""
        submit(self.books, self._bill(form, number), _act(by))

    def audit(self, number: str, form: str = ORDER, by: str = CLERK) -> None:
        """Audit a record, submitting it first where nobody has: number, form, by."""
        bill = self._bill(form, number)
        if bill.status in ("A", "D"):
            submit(self.books, bill, _act(by))
            bill = self._bill(form, number)
        audit(self.books, bill, _act(by))

    def unaudit(self, number: str, form: str = ORDER, by: str = CLERK) -> None:
        """Un-audit a record: number, form, by."""
        STEPS["UnAudit"](self.books, self._bill(form, number), _act(by))

    def approve(self, number: str, form: str = ORDER, by: str = "approver") -> None:
        """Approve in the workflow: number, form, by."""
        approve(self.books, self._bill(form, number), _act(by))

    def reject(
        self, number: str, words: str = "不同意", form: str = ORDER, by: str = "approver"
    ) -> None:
        """Reject in the workflow (state D, the words in F_CRM_Opinion): number, words, form, by."""
        reject(self.books, self._bill(form, number), _act(by), words)

    def delete(self, number: str, form: str = ORDER, by: str = CLERK) -> None:
        """Delete a record that is not audited: number, form, by."""
        STEPS["Delete"](self.books, self._bill(form, number), _act(by))

    def edit(
        self,
        fields: dict[str, Any],
        number: str = "",
        form: str = ORDER,
        key: int = 0,
        by: str = CLERK,
    ) -> None:
        """Change head fields in any state; base data by number: fields, number or key, form, by."""
        bill = self.books.table(form).get(key) if key else self._bill(form, number)
        if bill is None:
            raise KeyError(f"{form} {key}")
        editing.edit_fields(self.books, bill, fields, _act(by))

    def edit_row(
        self,
        number: str,
        fields: dict[str, Any],
        entry_id: int | None = None,
        seq: int | None = None,
        form: str = ORDER,
        by: str = CLERK,
    ) -> None:
        """Change fields of one row: number, fields, entry_id or seq (from 1), form, by."""
        bill = self._bill(form, number)
        row = editing.row_of(bill, entry_id, seq)
        editing.edit_row(self.books, bill, row, fields, _act(by))

    def insert_row(
        self,
        number: str,
        fields: dict[str, Any],
        position: int | None = None,
        form: str = ORDER,
        by: str = CLERK,
    ) -> dict[str, int]:
        """Insert a row before `position` (else last): number, fields, position, form, by."""
        row = editing.insert_row(self.books, self._bill(form, number), fields, position, _act(by))
        return {"entry_id": row}

    def split_row(
        self,
        number: str,
        quantity: int | str | Decimal,
        entry_id: int | None = None,
        seq: int | None = None,
        form: str = ORDER,
        by: str = CLERK,
    ) -> dict[str, int]:
        """Move a quantity of a row to a new row below: number, quantity, entry_id or seq, by."""
        bill = self._bill(form, number)
        row = editing.row_of(bill, entry_id, seq)
        amount = Decimal(str(quantity))
        return {"entry_id": editing.split_row(self.books, bill, row, amount, _act(by))}

    def delete_row(
        self,
        number: str,
        entry_id: int | None = None,
        seq: int | None = None,
        form: str = ORDER,
        by: str = CLERK,
    ) -> None:
        """Delete a row: number, entry_id or seq, form, by."""
        bill = self._bill(form, number)
        editing.delete_row(self.books, bill, editing.row_of(bill, entry_id, seq), _act(by))

    def close_row(
        self, number: str, entry_id: int | None = None, seq: int | None = None, by: str = CLERK
    ) -> None:
        """Close a row of an audited sales order (业务关闭): number, entry_id or seq, by."""
        bill = self._bill(ORDER, number)
        rows = frozenset((editing.row_of(bill, entry_id, seq).id,))
        SALES["YLMRPClose"](self.books, bill, rows, _act(by))

    def close(self, number: str, by: str = CLERK) -> None:
        """Close a whole sales order by hand: number, by."""
        self._operate(SALES["YLBillClose"], ORDER, number, by)

    def cancel(self, number: str, by: str = CLERK) -> None:
        """Void (作废) a sales order that is not audited: number, by."""
        self._operate(SALES["Cancel"], ORDER, number, by)

    def forbid(self, number: str, form: str = CUSTOMER, by: str = "finance") -> None:
        """Forbid (禁用) a piece of base data: number, form, by."""
        self._operate(BASE_DATA["Forbid"], form, number, by)

    def enable(self, number: str, form: str = CUSTOMER, by: str = "finance") -> None:
        """Enable a forbidden piece of base data: number, form, by."""
        self._operate(BASE_DATA["Enable"], form, number, by)

    def allocate(
        self, number: str, organisation: str, form: str = CUSTOMER, by: str = "finance"
    ) -> None:
        """Give base data to an organisation: number, organisation (number), form, by."""
        org = self.books.require("ORG_Organizations", organisation)
        allocate_to(self.books, self._bill(form, number), int(org.id), _act(by).by)

    def make_bill(
        self, model: dict[str, Any], form: str = ORDER, by: str = CLERK
    ) -> dict[str, Any]:
        """Type a bill by hand, base data by number, rows as lists: model, form, by."""
        found = self.books.table(form).form
        options = SaveOptions.read({}, _act(by).by)
        bill = save(self.books, found, _typed(found, model), options)
        return {"key": bill.id, "number": bill.number}

    def start_change(self, number: str, by: str = CLERK) -> dict[str, Any]:
        """Begin a change bill of an audited sales order by hand: number, by."""
        bill = make_change(self.books, self._bill(ORDER, number), frozenset(), _act(by))
        return {"key": bill.id, "number": bill.number}

    def put_into_effect(self, number: str, by: str = CLERK) -> None:
        """Put an audited change bill into effect: number (its own), by."""
        take_effect(self.books, self._bill(CHANGE, number), _act(by))

    def audit_customer(self, number: str, by: str = "finance") -> None:
        """Finance audits a customer: number, by."""
        self.audit(number, CUSTOMER, by)

    def set_credit_limit(self, customer: str, limit: float | str | None) -> None:
        """Set a customer's credit limit, null takes it away: customer (number), limit."""
        _set(self.books, "credit_limits", customer, limit)

    def set_limit_price(self, material: str, price: float | str | None) -> None:
        """Set the lowest price with tax, null takes it away: material (number), price."""
        _set(self.books, "limit_prices", material, price)

    def lock_bill(
        self, number: str, form: str = ORDER, seconds: float = 600, by: str = CLERK
    ) -> None:
        """Open a record in the client: API writes answer MsgCode 13 for `seconds`."""
        until = self.books.clock.now().timestamp() + seconds
        self.books.locks[form, self._bill(form, number).id] = by, until

    def unlock_bill(self, number: str, form: str = ORDER) -> None:
        """Close the record in the client: number, form."""
        self.books.locks.pop((form, self._bill(form, number).id), None)

    def snapshot(self, name: str = "backup") -> None:
        """Back the account set up: name."""
        self.books.backup(name)

    def restore(self, name: str = "backup") -> None:
        """Set the account set back to a backup, ids and numbers included: name."""
        self.books.restore(name)
        by, data = "person:administrator", {"name": name}
        self.books.ledger.append("commit", "restore", by=by, data=data)

    def _bill(self, form: str, number: str) -> Bill:
        return self.books.require(form, number)

    def _operate(self, operation: Operation, form: str, number: str, by: str) -> None:
        operation(self.books, self._bill(form, number), frozenset(), _act(by))


def _act(by: str) -> Act:
    return Act(f"person:{by}")


def _set(books: AccountSet, switch: str, number: str, value: float | str | None) -> None:
    limits: dict[str, Any] = books.switches[switch]
    if value is None:
        limits.pop(number, None)
    else:
        limits[number] = value


def _typed(form: Form, model: Mapping[str, Any]) -> dict[str, Any]:
    """A model in which base data may be given by bare numbers, also in rows."""
    head = {key: value for key, value in model.items() if key in form.fields}
    sent = editing.as_sent(form, head)
    for key, value in model.items():
        if key in form.entries:
            sent[key] = [editing.as_sent(form, row) for row in value]
        elif key in form.subheads:
            sent |= editing.as_sent(form, value)
        elif key not in form.fields and key != form.pk:
            raise KeyError(f"{form.id} has no {key}")
    return sent


def _speaking(call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)
    def speak(**arguments: Any) -> Any:
        try:
            return call(**arguments)
        except Refused as refused:
            raise ValueError(str(refused)) from refused

    return speak
