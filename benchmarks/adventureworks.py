"""AdventureWorks as a planning model: a real company's materials, BOMs, stock and order lines.

The data set is not ours and not in the project: `../shared/data/adventureworks`, or wherever
`ADVENTUREWORKS` says. Its BOMs count from 2021 on and its orders are of 2017 to 2019: they are
moved five years on, and due a week after their date.
"""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from pathlib import Path

from connector.derive.model import Component, Demand, Item, Model, OnHand, Row, Structure

PLACE = Path(__file__).parents[2] / "shared" / "data" / "adventureworks"
FOLDER = Path(os.environ.get("ADVENTUREWORKS", PLACE))
MOVED = timedelta(days=5 * 365 + 1)
DUE = timedelta(days=7)
OPENING = date(2022, 1, 1)
"""First day of the plan, on which its BOMs are looked at."""


def adventureworks(folder: Path = FOLDER) -> Model:
    """The whole company."""
    model = Model()
    for source, rows in _sources(folder):
        model.put(source, list(rows))
    return model


def _sources(folder: Path) -> Iterator[tuple[str, Iterator[Row]]]:
    yield "materials", map(_item, _read(folder, "materials"))
    stock = _read(folder, "stock")
    yield "stock", (OnHand(row["material_no"], Decimal(row["quantity"])) for row in stock)
    lines = sorted(_read(folder, "bom"), key=lambda row: row["parent_no"])
    for parent, components in groupby(lines, key=lambda row: row["parent_no"]):
        if parent:
            yield f"bom:{parent}", iter([Structure(parent, tuple(map(_component, components)))])
    dates = {row["order_no"]: row["order_date"] for row in _read(folder, "orders")}
    # By their place: four lines bear the order and line number of another.
    for n, row in enumerate(_read(folder, "order_lines")):
        yield f"order:{n}", iter([_demand(n, row, dates)])


def _item(row: dict[str, str]) -> Item:
    made = row["make_or_buy"] == "make"
    days = row["days_to_manufacture"] if made else row["purchase_lead_days"]
    return Item(
        row["material_no"],
        row["material_no"],
        row["name"],
        kind="make" if made else "buy",
        lead_time=int(days) if days else None,
        safety_stock=Decimal(row["safety_stock"]),
    )


def _component(row: dict[str, str]) -> Component:
    ends = date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max
    begins = date.fromisoformat(row["valid_from"])
    return Component(row["component_no"], Decimal(row["quantity"]), begins, ends)


def _demand(n: int, row: dict[str, str], dates: dict[str, str]) -> Demand:
    order, line = row["order_no"], str(n)
    due = date.fromisoformat(dates[order]) + MOVED + DUE
    quantity = Decimal(row["quantity"])
    return Demand(f"{order}:{line}", row["material_no"], quantity, due, record=order, line=line)


def _read(folder: Path, name: str) -> list[dict[str, str]]:
    with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
