"""AdventureWorks, reshaped: a folder of CSV files (plain or gzipped) read as a `Company`.

A volume of real orders, but of a company without tax, departments or several currencies:
what the files leave open (salesperson, supplier, currency, warehouse codes) is settled here.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from .model import (
    BomLine,
    Company,
    Customer,
    Material,
    Order,
    OrderLine,
    Person,
    Stock,
    Supplier,
    WorkOrder,
)

CENT = Decimal("0.01")
SALESPERSON = Person(crm_id="1000", name="Sales Desk", department="Sales", erp_number="S001")
SUPPLIER = Supplier(number="V001", name="Parts & Co.")
UNITS = {"EA": "Pcs"}
"""Units that the bills of material call otherwise than the materials do."""

COLUMNS = {
    "customers": ("customer_no", "name", "email"),
    "materials": (
        "material_no", "name", "make_or_buy", "is_finished_good", "safety_stock",
        "standard_cost", "list_price", "days_to_manufacture", "purchase_lead_days",
    ),
    "bom": ("parent_no", "component_no", "quantity", "unit", "valid_from", "valid_to"),
    "stock": ("material_no", "warehouse", "quantity"),
    "orders": ("order_no", "order_date", "customer_no"),
    "order_lines": ("order_no", "line_no", "material_no", "quantity", "unit_price"),
    "work_orders": (
        "work_order_no", "material_no", "ordered", "stocked", "scrapped",
        "start_date", "end_date", "due_date",
    ),
}  # fmt: skip
"""The files and those of their columns that are used."""


class BadCompanyData(ValueError):
    """The folder is not a company; the message names the file, the line and the column."""


class _Row:
    """One row of a file, read by column; it knows where it stands."""

    __slots__ = ("_place", "_values")

    def __init__(self, values: Mapping[str, str | None], place: str) -> None:
        self._values = values
        self._place = place

    def text(self, column: str) -> str:
        return self._values[column] or ""

    def number(self, column: str) -> Decimal:
        """The number there; nothing counts as zero."""
        try:
            return Decimal(self.text(column) or 0)
        except InvalidOperation:
            raise self._wrong(column, "a number") from None

    def day(self, column: str) -> date:
        try:
            return date.fromisoformat(self.text(column))
        except ValueError:
            raise self._wrong(column, "a date") from None

    def day_or_none(self, column: str) -> date | None:
        return self.day(column) if self.text(column) else None

    def _wrong(self, column: str, wanted: str) -> BadCompanyData:
        return BadCompanyData(
            f"{self._place}, column {column}: {self.text(column)!r} is not {wanted}"
        )


def load(directory: Path) -> Company:
    """The company in `directory`. Raises `BadCompanyData`."""
    files = {name: list(_rows(directory, name)) for name in COLUMNS}
    lines = _lines(files["order_lines"])
    sold = {line.material for group in lines.values() for line in group}
    names = sorted({row.text("warehouse") for row in files["stock"]})
    codes = {name: f"CK{number:02}" for number, name in enumerate(names, 1)}
    return Company(
        name="Adventure Works",
        currency="USD",
        organisations=(("100", "Adventure Works"),),
        people=(SALESPERSON,),
        suppliers=(SUPPLIER,),
        customers=tuple(_customer(row) for row in files["customers"]),
        materials=tuple(_material(row, sold) for row in files["materials"]),
        bom=tuple(_bom_line(row) for row in files["bom"] if row.text("parent_no")),
        stock=tuple(_stock(row, codes) for row in files["stock"]),
        orders=tuple(_order(row, lines) for row in files["orders"]),
        work_orders=tuple(_work_order(row) for row in files["work_orders"]),
        warehouses=tuple((code, name) for name, code in codes.items()),
    )


def _rows(directory: Path, name: str) -> Iterator[_Row]:
    path = _find(directory, name)
    with _open(path) as file:
        reader = csv.DictReader(file)
        missing = set(COLUMNS[name]) - set(reader.fieldnames or ())
        if missing:
            raise BadCompanyData(f"{path}: missing columns: {', '.join(sorted(missing))}")
        for number, values in enumerate(reader, 2):
            yield _Row(values, f"{path}, line {number}")


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return TextIOWrapper(gzip.open(path), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _find(directory: Path, name: str) -> Path:
    for path in (directory / f"{name}.csv.gz", directory / f"{name}.csv"):
        if path.is_file():
            return path
    raise BadCompanyData(f"{directory}: neither {name}.csv.gz nor {name}.csv is there")


def _customer(row: _Row) -> Customer:
    return Customer(
        number=row.text("customer_no"),
        name=row.text("name"),
        email=row.text("email"),
        salesperson=SALESPERSON.crm_id,
    )


def _material(row: _Row, sold: set[str]) -> Material:
    number, price = row.text("material_no"), row.number("list_price")
    made = row.text("make_or_buy") == "make"
    return Material(
        number=number,
        name=row.text("name"),
        make_or_buy="make" if made else "buy",
        saleable=row.text("is_finished_good") == "1" or price > 0 or number in sold,
        list_price=price,
        standard_cost=row.number("standard_cost"),
        safety_stock=row.number("safety_stock"),
        supplier="" if made else SUPPLIER.number,
        lead_days=int(row.number("days_to_manufacture" if made else "purchase_lead_days")),
    )


def _bom_line(row: _Row) -> BomLine:
    unit = row.text("unit")
    return BomLine(
        parent=row.text("parent_no"),
        component=row.text("component_no"),
        quantity=row.number("quantity"),
        unit=UNITS.get(unit, unit),
        valid_from=row.day_or_none("valid_from"),
        valid_to=row.day_or_none("valid_to"),
    )


def _stock(row: _Row, codes: Mapping[str, str]) -> Stock:
    return Stock(
        material=row.text("material_no"),
        warehouse=codes[row.text("warehouse")],
        quantity=row.number("quantity"),
    )


def _lines(rows: list[_Row]) -> dict[str, list[OrderLine]]:
    """The lines of each order, by its number."""
    lines: dict[str, list[OrderLine]] = {}
    for row in rows:
        lines.setdefault(row.text("order_no"), []).append(_line(row))
    return lines


def _line(row: _Row) -> OrderLine:
    quantity, price = row.number("quantity"), row.number("unit_price")
    return OrderLine(
        line_no=int(row.number("line_no")),
        material=row.text("material_no"),
        quantity=quantity,
        price=price,
        amount=(quantity * price).quantize(CENT, ROUND_HALF_UP),
    )


def _order(row: _Row, lines: Mapping[str, list[OrderLine]]) -> Order:
    number = row.text("order_no")
    own = tuple(lines.get(number, ()))
    return Order(
        number=number,
        customer=row.text("customer_no"),
        order_date=row.day("order_date"),
        lines=own,
        amount=sum((line.amount for line in own), Decimal(0)),
        currency="USD",
        salesperson=SALESPERSON.crm_id,
    )


def _work_order(row: _Row) -> WorkOrder:
    return WorkOrder(
        number=row.text("work_order_no"),
        material=row.text("material_no"),
        ordered=row.number("ordered"),
        stocked=row.number("stocked"),
        scrapped=row.number("scrapped"),
        start=row.day("start_date"),
        end=row.day_or_none("end_date"),
        due=row.day("due_date"),
    )
