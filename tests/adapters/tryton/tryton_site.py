"""One company in Tryton, the adapter, and the few verbs tests are written in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from sqlite3 import Connection
from typing import Any

from adapters.tryton import Tryton
from connector.contract import Record, RowWrite, Shape, Table, TableWrite, Write, Written
from connector.http import Http
from connector.testing import SkippingClock
from sandbox.server import start
from tests.adapters.simulated import mapping_of
from tests.tryton.making import PASSWORD
from tests.tryton.server import TrytonServer

WAYS = ("edit", "change_bill", "unaudit", "ask")
SALE = Shape(
    "sale.sale", ("id",), ("state", "party", "comment", "total_amount", "payment_term.name"),
    "number", {"lines": Table("id", ("product", "quantity", "unit_price", "unit.symbol"))},
)  # fmt: skip
OPTIONS = mapping_of("tryton", "sales_order").options
USUAL: dict[str, tuple[Connection, Written]] = {}
"""By state: the database in which the usual sale stands there, and what was written of it."""


def line(name: str, quantity: Any = 2, product: str = "2", price: str = "10") -> RowWrite:
    fields = {"product": product, "quantity": Decimal(quantity), "unit_price": Decimal(price)}
    return RowWrite(name, "", fields)


class Site:
    """Tryton and its adapter."""

    def __init__(self, server: TrytonServer, url: str) -> None:
        self.server = server
        self._url = url
        self.adapter = self.connect()

    def connect(self, **settings: Any) -> Tryton:
        stated, _ = self.server.settings(self._url)
        usual = {**stated, "password": PASSWORD, "timeout": 10, **settings}
        made, clock = Tryton.settings_type.model_validate(usual), SkippingClock()
        return Tryton(made, Http(made, clock), clock)

    def sale(self, *lines: RowWrite, until: str = "audited", **more: Any) -> Write:
        """A new sale, filled in as the shipped mapping has it."""
        usual: dict[str, Any] = {
            "fields": {"party": "2"},
            "options": OPTIONS,
        }
        tables = {"lines": TableWrite(lines or [line("a"), line("b", 5)])}
        mark = ("reference", "crm:1")
        return Write(
            "sale.sale", "", tables=tables, reference=mark, number="number", until=until, show=SALE,
            **{**usual, **more},
        )  # fmt: skip

    def sold(self, *lines: RowWrite, state: str = "confirmed", **more: Any) -> Written:
        """A sale that has come so far; the usual one of each state is made once for all tests."""
        if lines or more:
            return self._sold(*lines, state=state, **more)
        if state in USUAL:
            self.server.restore(USUAL[state][0])
        else:
            made = self._sold(state=state)
            USUAL[state] = (self.server.keep(), made)
        return USUAL[state][1]

    def _sold(self, *lines: RowWrite, state: str, **more: Any) -> Written:
        steps = {"draft": "saved", "quotation": "submitted"}
        made = self.adapter.write(self.sale(*lines, until=steps.get(state, "audited"), **more))
        if state in ("processing", "shipped"):
            self.server.process(int(made.key))
        if state == "shipped":
            self.server.ship(int(made.key))
        return made

    def change(self, made: Written, *rows: RowWrite, drop: Sequence[str] = (), **more: Any) -> Any:
        """Rows of the sale by the source's lines, each with what changes of it."""
        keys = made.line_keys["lines"]
        known = [replace(row, key=keys.get(row.line, "")) for row in rows]
        tables = {"lines": TableWrite(known, [keys[name] for name in drop])}
        usual = {"until": "audited", "on_change": WAYS, "fields": {}}
        usual["options"] = OPTIONS
        if not (rows or drop):
            tables = {}
        write = Write("sale.sale", made.key, tables=tables, number="number", show=SALE, **usual)
        return self.adapter.write(replace(write, **more))

    def cancel(self, made: Written, ways: Sequence[str] = WAYS) -> Written:
        write = Write("sale.sale", made.key, {}, number="number", verb="cancel", show=SALE)
        return self.adapter.write(replace(write, on_change=tuple(ways)))

    # -- what stands there ------------------------------------------------------------------

    def shown(self, key: str, shape: Shape = SALE) -> Record:
        (record,) = self.adapter.fetch(shape, [key])
        return record

    def state(self, key: str) -> str:
        return str(self.shown(key).fields["state"])

    def quantities(self, key: str) -> list[Decimal]:
        return [row["quantity"] for row in self.shown(key).fields["lines"]]

    def calls(self, operation: str) -> int:
        return sum(
            entry.kind == "request" and entry.operation == operation for entry in self.server.ledger
        )

    # -- people -----------------------------------------------------------------------------

    def press(self, model: str, button: str, *keys: int) -> None:
        self.server.call(f"{model}.{button}", list(keys))


@contextmanager
def started() -> Iterator[Site]:
    server = TrytonServer()
    url, stop = start(server)
    site = Site(server, url)
    try:
        yield site
    finally:
        site.adapter.close()
        stop()
