"""Which path is which operation, and what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.books import Books, Record

from .faults import MISSING, NO_SERVICE
from .forms import BILLS, BOM, INVENTORY, LISTED, MAKING, ORDER, PAGED, PARTNER, STOCK
from .lifecycle import Lifecycle
from .queries import Queries
from .saving import API, Saving

PREFIX = "/tplus/api/v2/"
BILL = {
    "findvoucherlist": "list", "getvoucherdto": "detail", "create": "create", "update": "update",
    "audit": "audit", "unaudit": "unaudit", "delete": "delete",
}  # fmt: skip
CLOSABLE = (ORDER, MAKING)
ENDING = {"close": "close", "change": "change"}
SERVICES = {
    **{f"{form}openapi".lower(): (form, BILL) for form in BILLS},
    **{
        f"{form}openapi".lower(): (form, BILL | ENDING)
        for form in CLOSABLE
    },
    "saleorder": (ORDER, {"create": "old_create"}),
    **{form.lower(): (form, {"query": "query"}) for form in LISTED},
    PARTNER: (PARTNER, {"querypage": "query", "create": "add", "update": "edit"}),
    INVENTORY: (INVENTORY, {"querypage": "query"}),
    BOM: (BOM, {"querypage": "query"}),
    STOCK.lower(): (STOCK, {"query": "stock"}),
}  # fmt: skip
"""By service, in small letters: a form, and its operations by method."""
assert {form for form, _ in SERVICES.values()} == {*BILLS, *LISTED, *PAGED, STOCK}
OLD = frozenset(("old_create", "query", "add", "edit", "stock"))
"""Operations that answer without an envelope."""


def route(path: str) -> tuple[str, str] | None:
    """`(operation, form)`; None: there is no such service, or no such method of it."""
    service, _, method = path.removeprefix(PREFIX).lower().partition("/")
    form, methods = SERVICES.get(service, ("", {}))
    operation = methods.get(method) if path.startswith(PREFIX) else None
    return (operation, form) if operation else None


class Service:
    """What calls do."""

    def __init__(
        self,
        books: Books,
        queries: Queries,
        saving: Saving,
        lifecycle: Lifecycle,
        switches: Mapping[str, Any],
    ) -> None:
        self._books = books
        self._queries = queries
        self._saving = saving
        self._switches = switches
        self._steps: dict[str, Callable[[Record, str], None]] = {
            name: getattr(lifecycle, name) for name in ("audit", "unaudit", "close", "delete")
        }

    def do(self, operation: str, form: str, body: Mapping[str, Any]) -> Any:
        """An operation; what it says. Raises Fault."""
        if operation in self._steps:
            return self._step(operation, form, body)
        dto = body.get("dto") or {}
        match operation:
            case "list":
                return self._queries.bills(form, body)
            case "detail":
                return self._queries.bill(form, body)
            case "query":
                return self._queries.archive(form, body)
            case "stock":
                return self._queries.stock(body)
            case "create":
                return _named(self._saving.create(form, dto))
            case "old_create":
                return self._old(self._saving.create(form, dto))
            case "update":
                return _named(self._saving.update(form, dto))
            case "add":
                return self._saving.add(form, dto).key
            case "edit":
                return self._saving.edit(form, dto) and None
        if self._switches["change"] == "none":
            raise NO_SERVICE
        return _named(self._saving.change(form, dto))

    def _old(self, made: Record) -> Any:
        """The old interface's answer to a new order, as it may be."""
        answers = {"null": None, "id": made.key, "document": {"code": "0", "data": _named(made)}}
        return answers[self._switches["create_answer"]]

    def _step(self, operation: str, form: str, body: Mapping[str, Any]) -> dict[str, str]:
        asked = {name.lower(): value for name, value in (body.get("param") or {}).items()}
        record = self._books.live(form).get(str(asked.get("voucherid")))
        if record is None:
            raise MISSING
        self._steps[operation](record, API)
        return _named(record)


def _named(record: Record) -> dict[str, str]:
    return {"ID": record.key, "Code": record.number}
