"""Changing an order that is being carried out, by Tryton's own amendment (sale.amendment).

Tryton lets an interface write into such an order's rows, and takes no notice: what was to be
delivered and invoiced stays. It also lets an amendment take back what has left, and then awaits
its return. So neither is done: rows change by an amendment, never below what was moved or invoiced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from adapters.tryton.bills import DRAFT, Bill
from adapters.tryton.client import Client
from adapters.tryton.codec import Row, at, decoded
from adapters.tryton.describing import Models
from adapters.tryton.entering import Entering
from adapters.tryton.forms import STATE, Amendment
from connector.contract import Fields
from connector.errors import AdapterError, Changed, Conflict, Rejected
from connector.messages import Message, say

QUANTITY, PRICE = "quantity", "unit_price"
NOTHING_MOVES = frozenset(("draft", "staging", "cancelled"))
"""States of moves that an amendment replaces, or that move nothing."""
NOTHING_INVOICED = frozenset(("draft", "cancelled", "None", ""))


@dataclass(frozen=True, slots=True)
class Line:
    """A row of an order as it stands."""

    key: str
    fields: Row
    moved: Decimal
    """Of its quantity, what is on its way or has left."""
    invoiced: Decimal

    @classmethod
    def of(cls, row: Row) -> Line:
        moved = zip(at(row, "moves.state"), at(row, "moves.quantity"), strict=True)
        invoiced = zip(
            at(row, "invoice_lines.invoice_state"), at(row, "invoice_lines.quantity"), strict=True
        )
        return cls(
            str(row["id"]), row, _sum(moved, NOTHING_MOVES), _sum(invoiced, NOTHING_INVOICED)
        )

    def lacks(self, values: Row) -> bool:
        """Something of it is to become otherwise."""
        return any(decoded(self.fields[name]) != decoded(value) for name, value in values.items())

    def in_the_way(self, values: Row) -> Iterator[Message]:
        """What forbids these values."""
        quantity = Decimal(values.get(QUANTITY, self.fields[QUANTITY]) or 0)
        place = {"row": self.key, "quantity": _plain(quantity)}
        if quantity < self.moved:
            yield say("tryton_moved_more", **place, moved=_plain(self.moved))
        priced = PRICE in values and self.lacks({PRICE: values[PRICE]})
        if quantity < self.invoiced or (self.invoiced and priced):
            yield say("tryton_invoiced", **place, invoiced=_plain(self.invoiced))


class Amending:
    """Amends orders of one connection."""

    def __init__(self, client: Client, models: Models, entering: Entering) -> None:
        self._client = client
        self._models = models
        self._entering = entering

    def change(self, bill: Bill, way: Amendment) -> None:
        """Bring a change in, what of it needs no amendment at last; if that fails, it is half done.

        Raises Conflict, before anything is done, for what it cannot bring.
        """
        free = self._free(bill, way)
        self._amend(bill, way, self._wanted(bill, way))
        try:
            if free:
                self._client.write(bill.model, bill.key, free, {}, bill.write.accept)
        except AdapterError as error:
            bill.error = error

    def empty(self, bill: Bill, way: Amendment) -> None:
        """Take everything out of an order that cannot be cancelled any more."""
        lines = self._lines(bill, way)
        self._amend(bill, way, [(line, {QUANTITY: Decimal(0)}) for line in lines.values()])

    # -- what is wanted ---------------------------------------------------------------------

    def _wanted(self, bill: Bill, way: Amendment) -> list[tuple[Line, Row]]:
        """Rows of the order and the values that an amendment is to give them."""
        lines, wanted = self._lines(bill, way), []
        rows = self._rows(bill, way)
        for name, table in bill.write.tables.items():
            if name != way.table:
                raise Conflict(say("tryton_no_amending", number=bill.number, field=name))
            for row in table.rows:
                if not row.key:
                    raise Conflict(say("tryton_no_new_rows", number=bill.number))
                fields = {k: v for k, v in row.fields.items() if k in way.fields}
                wanted.append((row.key, self._entering.values(rows, fields)))
            wanted += [(key, {QUANTITY: Decimal(0)}) for key in table.drop if key in lines]
        if any(key not in lines for key, _ in wanted):
            raise Changed(say("bill_moved", number=bill.number))
        return [(lines[key], values) for key, values in wanted]

    def _free(self, bill: Bill, way: Amendment) -> Row:
        """What people may change at any time: it needs no amendment."""
        write = bill.write
        self._must_be_free(bill, bill.model, write.fields)
        values = self._entering.values(bill.model, write.fields)
        rows, steps = self._rows(bill, way), []
        for row in write.tables[way.table].rows if way.table in write.tables else ():
            fields = {k: v for k, v in row.fields.items() if k not in way.fields}
            if fields and row.key:
                self._must_be_free(bill, rows, fields)
                steps.append(["write", [int(row.key)], self._entering.values(rows, fields)])
        return {**values, way.table: steps} if steps else values

    def _must_be_free(self, bill: Bill, model: str, fields: Fields) -> None:
        known = self._models.having(model, fields)
        for path in fields:
            if not known[path.partition(".")[0]].free:
                raise Conflict(say("tryton_no_amending", number=bill.number, field=path))

    def _rows(self, bill: Bill, way: Amendment) -> str:
        return self._models.field(bill.model, way.table).relation

    def _lines(self, bill: Bill, way: Amendment) -> dict[str, Line]:
        paths = (
            *way.fields, "type", "moves.state", "moves.quantity",
            "invoice_lines.invoice_state", "invoice_lines.quantity",
        )  # fmt: skip
        asked = [f"{way.table}.{path}" for path in paths]
        for row in self._client.search(bill.model, [["id", "=", int(bill.key)]], asked, 1):
            lines = map(Line.of, row[f"{way.table}."])
            return {line.key: line for line in lines if line.fields["type"] == "line"}
        raise Changed(say("target_gone", key=bill.key))

    # -- amending ---------------------------------------------------------------------------

    def _amend(self, bill: Bill, way: Amendment, wanted: Sequence[tuple[Line, Row]]) -> None:
        """One amendment for all of it, unless the order holds it already."""
        self._must_be_there(bill, way)
        left = [(line, values) for line, values in wanted if line.lacks(values)]
        for line, values in left:
            for words in line.in_the_way(values):
                raise Conflict(words)
        if not left:
            return
        self._clear(bill, way)
        rows = [
            {"action": "line", "line": int(line.key), **_all(line, way), **values}
            for line, values in left
        ]
        values = {way.order: int(bill.key), "lines": [["create", rows]]}
        made = self._client.create(way.form, values)
        self._client.press(way.form, way.button, made, bill.write.accept, bill.stamps)

    def _must_be_there(self, bill: Bill, way: Amendment) -> None:
        try:
            self._models.of(way.form)
        except Rejected:
            words = say("tryton_no_module", number=bill.number, module="sale_amendment")
            raise Conflict(words) from None

    def _clear(self, bill: Bill, way: Amendment) -> None:
        """Of an earlier attempt that was stopped, what was never put into effect."""
        mine = [
            [way.order, "=", int(bill.key)], [STATE, "=", DRAFT],
            ["create_uid", "=", self._client.user],
        ]  # fmt: skip
        left = [str(row["id"]) for row in self._client.search(way.form, mine, [], 100)]
        if left:
            self._client.delete(way.form, left)


def _all(line: Line, way: Amendment) -> Row:
    """Everything that an amendment says of a row, as it stands."""
    return {name: line.fields[name] for name in way.fields}


def _sum(rows: Iterable[tuple[object, object]], nothing: frozenset[str]) -> Decimal:
    found = (quantity for state, quantity in rows if str(state) not in nothing)
    return sum((Decimal(str(quantity or 0)) for quantity in found), Decimal(0))


def _plain(number: Decimal) -> str:
    """A number as people write it."""
    return f"{number.normalize():f}"
