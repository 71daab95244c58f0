"""A real Tryton as people and the network make it: sales, parties, stock on hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any

from adapters.tryton import Tryton
from adapters.tryton.forms import STOCK
from connector.contract import RowWrite, Shape, Table, TableWrite, Write
from connector.testing import Sample
from tests.conformance.sandboxed import SandboxRemote
from tests.tryton.server import TrytonServer

STORAGE, WAREHOUSE = 3, 5
SALE, LINES, PARTY = "sale.sale", "lines", "party.party"
STEP_OF = {"draft": "saved", "cancelled": "saved", "quotation": "submitted"}
SALE_SHAPE = Shape(
    SALE, ("id",), ("comment", "party"), "number",
    {LINES: Table("id", ("product", "quantity", "unit_price"))},
)  # fmt: skip


def row(line: str) -> RowWrite:
    fields = {"product": "1", "unit": "1", "quantity": Decimal(2), "unit_price": Decimal("11.3")}
    return RowWrite(line, "", fields)


def sale(tag: str) -> Write:
    return Write(
        form=SALE,
        key="",
        fields={"party": "2", "invoice_address": "2", "shipment_address": "2"},
        tables={LINES: TableWrite([row("a"), row("b")])},
        reference=("reference", f"crm:{tag}"),
        number="number",
        show=SALE_SHAPE,
    )


def of_nothing(tag: str) -> Write:
    """A quantity that its unit does not have."""
    half = replace(row("a"), fields={**row("a").fields, "quantity": Decimal("2.5")})
    return replace(sale(tag), tables={LINES: TableWrite([half])})


PARTY_SHAPE = Shape(PARTY, ("id",), ("name",), "code")


def party(tag: str) -> Write:
    return Write(
        form=PARTY,
        key="",
        fields={"name": f"客户{tag}", "code": tag},
        reference=("identifiers.code", f"crm:{tag}"),
        number="code",
        show=PARTY_SHAPE,
    )


SALES = Sample(
    shape=SALE_SHAPE,
    text="comment",
    reference="reference",
    new=sale,
    row=row,
    refused=of_nothing,
    refusal="digits",
    numbered="submitted",
    amount=f"{LINES}/unit_price",
    coded="payment_term.name",
)
PARTIES = Sample(
    shape=PARTY_SHAPE,
    text="name",
    reference="identifiers.code",
    new=party,
    unique_number=True,
)
STOCKS = Sample(
    shape=Shape(STOCK, ("product", "warehouse"), ("quantity", "warehouse.code")),
    amount="quantity",
    amounts=(Decimal("0.1"), Decimal("2.68"), Decimal("1234567.89"), Decimal(100)),
)


class TrytonRemote(SandboxRemote):
    """Records of one model."""

    kind = Tryton
    creating = ("create", "write", "delete")
    session_lost = ""
    secret = "password"

    def __init__(self, sample: Sample) -> None:
        super().__init__(TrytonServer(), sample.shape.form)
        self._sample = sample
        self._numbers = count(1)
        self._table = self.form.replace(".", "_")

    def end_session(self) -> None:
        self.server.end_sessions()

    def saves(self) -> int:
        return sum(
            entry.kind == "request"
            and entry.form == self.form
            and entry.operation in ("create", "write")
            for entry in self.server.ledger
        )

    def edit(self, key: str, field: str, value: Any) -> None:
        self.server.call(f"{self.form}.write", [int(key)], {field: value})

    def edit_late(self, key: str, field: str, value: Any, seconds: float) -> None:
        self.edit(key, field, value)
        self.server.stamp(self._table, [int(key)], self.ago(seconds))

    def delete(self, key: str) -> None:
        self.server.call(f"{self.form}.delete", [int(key)])

    def add_together(self, count: int) -> Sequence[str]:
        keys = [self.add() for _ in range(count)]
        self.server.stamp(self._table, [int(key) for key in keys], self.ago(0))
        return keys


class Sales(TrytonRemote):
    """Sales with their lines. People put them past Tryton: it takes its time over each."""

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        held = {
            str(one["id"]): {**one, "number": one["number"] or "", LINES: []}
            for one in self.server.rows(
                "select id, number, reference, comment, party, state from sale_sale"
            )
        }
        for line in self.server.rows(
            "select id, sale, product, quantity, unit_price from sale_line order by id"
        ):
            held[str(line.pop("sale"))][LINES].append(line)
        return held

    def add(self, number: str = "") -> str:
        values = {"party": 2, "state": "draft", "company": 1, "currency": 1, "revision": 0,
                  "invoice_method": "order", "shipment_method": "order", "invoice_state": "none",
                  "shipment_state": "none"}  # fmt: skip
        key = self._put("sale_sale", values)
        for _ in range(2):
            line = {"sale": key, "type": "line", "product": 2, "unit": 1, "quantity": 2.0}
            self._put("sale_line", {**line, "unit_price": "3"})
        return str(key)

    def edit(self, key: str, field: str, value: Any) -> None:
        table, _, name = field.rpartition("/")
        if table:
            line = min(int(one["id"]) for one in self.held()[key][table])
            self.server.change(f"update sale_line set {name} = ? where id = ?", str(value), line)
            self._touch("sale_line", line)
        else:
            self.server.change(f"update sale_sale set {name} = ? where id = ?", value, int(key))
            self._touch("sale_sale", int(key))

    def delete(self, key: str) -> None:
        self.server.change("delete from sale_line where sale = ?", int(key))
        self.server.change("delete from sale_sale where id = ?", int(key))

    def shows_after(self, seconds: float) -> None:
        """A query shows at once what is committed."""

    def edit_late(self, key: str, field: str, value: Any, seconds: float) -> None:
        super().edit_late(key, field, value, seconds)
        lines = [line["id"] for line in self.held()[key][LINES]]
        self.server.stamp("sale_line", lines, self.ago(seconds))

    def step_of(self, key: str) -> str:
        return STEP_OF.get(self.held()[key]["state"], "audited")

    def is_cancelled(self, key: str) -> bool:
        return bool(self.held()[key]["state"] == "cancelled")

    def lose_step(self, step: str) -> None:
        button = {"submitted": "quote", "audited": "confirm"}[step]
        self._fail(do="lose_answer", operation=button, times=1)

    def _put(self, table: str, values: Mapping[str, Any]) -> int:
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join("?" * len(values))
        self.server.change(f"insert into {table} ({names}) values ({marks})", *values.values())
        key = int(self.server.rows(f"select max(id) as id from {table}")[0]["id"])
        self._touch(table, key, "create_date")
        return key

    def _touch(self, table: str, key: int, field: str = "write_date") -> None:
        moment = self.ago(0).replace(tzinfo=None).isoformat(" ", "microseconds")
        self.server.change(f"update {table} set {field} = ? where id = ?", moment, key)


class Parties(TrytonRemote):
    """Parties, with our mark among their identifiers."""

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        marks = {one["party"]: one["code"] for one in self.server.rows(
            "select party, code from party_identifier")}  # fmt: skip
        return {
            str(one["id"]): {**one, "identifiers.code": marks.get(one["id"])}
            for one in self.server.rows("select id, name, code, active from party_party")
        }

    def add(self, number: str = "") -> str:
        values = {"name": "客户", "code": number or f"P{next(self._numbers)}"}
        return str(self.server.call("party.party.create", [values])[0])


class Stocks(TrytonRemote):
    """Quantities by product and warehouse. Moves are put past Tryton, too."""

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        wanted, fields = [["quantity", "!=", 0]], ["quantity"]
        given = (wanted, 0, None, None, fields)
        found = self.server.call("product.product.search_read", *given, locations=[STORAGE])
        return {f"{one['id']}|{WAREHOUSE}": one for one in found}

    def add(self, number: str = "") -> str:
        key = self._copy("product_product", 4)
        self._move(key, 1)
        return f"{key}|{WAREHOUSE}"

    def edit(self, key: str, field: str, value: Any) -> None:
        held = self.held().get(key, {"quantity": 0})
        self._move(int(key.partition("|")[0]), Decimal(value) - Decimal(str(held["quantity"])))

    def delete(self, key: str) -> None:
        self.edit(key, "quantity", 0)

    def _move(self, product: int, quantity: Any) -> None:
        """Something of a product was found, or lost."""
        key = self._copy("stock_move", 4)
        self.server.change(
            "update stock_move set product = ?, quantity = ?, internal_quantity = ? where id = ?",
            product, float(quantity), float(quantity), key,
        )  # fmt: skip

    def _copy(self, table: str, key: int) -> int:
        """Another record like that one; its id."""
        (row,) = self.server.rows(f"select * from {table} where id = ?", key)
        row["id"] = self.server.rows(f"select max(id) + 1 as id from {table}")[0]["id"]
        names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        self.server.change(f"insert into {table} ({names}) values ({marks})", *row.values())
        return int(row["id"])
