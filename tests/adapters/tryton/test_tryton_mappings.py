"""What the shipped mappings read out of the real thing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tryton_site import Site, line

from connector.assemble import shipped
from connector.hints import Hints
from connector.mapping.reading import Reader
from tests.adapters.simulated import mapping_of
from tests.tryton.server import decimal

ZONE = ZoneInfo("Asia/Shanghai")
FILES = sorted(path.stem for path in (shipped() / "tryton").glob("*.yaml"))


def everything(site: Site, name: str) -> dict[str, Any]:
    """All business objects of a kind in Tryton, by number."""
    reader = Reader(mapping_of("tryton", name), ZONE)
    pages = site.adapter.read(reader.shape, None)
    return {record.number: reader(record) for page in pages for record in page.records}


def test_a_day_s_work_is_read_by_every_mapping(site: Site) -> None:
    """A sale is made, shipped, invoiced and paid for; what it takes was bought before."""
    _bought(site)
    sold = site.sold(line("a", 3, product="1", price="10"), line("b", 4), state="processing")
    site.server.produce(int(sold.key))
    site.server.ship(int(sold.key))
    read = {name: everything(site, name) for name in FILES}
    number = site.shown(sold.key).number
    order = read["sales_order"][number]
    assert [(row.quantity, row.shipped, row.amount_with_tax) for row in order.lines] == [
        (3, 3, Decimal("33.90")), (4, 4, Decimal("45.20")),
    ]  # fmt: skip
    (shipment,) = read["shipment"].values()
    keys = [row.id for row in order.lines]
    assert [(r.quantity, r.order_number, r.order_line) for r in shipment.lines] == [
        (3, number, keys[0]), (4, number, keys[1]),
    ]  # fmt: skip
    (made,) = read["production_order"].values()
    assert (made.finished, made.order_number, made.order_line) == (3, number, keys[0])
    (bom,) = read["bom"].values()
    assert [(row.component, row.quantity, row.per) for row in bom.lines] == [("2", 4, 1)]
    assert {one.material: one.on_hand for one in _stock(site)}["1"] == 10_000
    (purchase,) = read["purchase_order"].values()
    assert [(row.quantity, row.done) for row in purchase.lines] == [(7, 7)]
    (receipt,) = read["goods_receipt"].values()
    assert [(row.quantity, row.source_number) for row in receipt.lines] == [(7, purchase.number)]


def _stock(site: Site) -> list[Any]:
    reader = Reader(mapping_of("tryton", "stock"), ZONE)
    pages = site.adapter.read(reader.shape, None)
    return [reader(record) for page in pages for record in page.records]


def _bought(site: Site) -> None:
    """Seven pieces are bought, and come."""
    call = site.server.call
    row = {"product": 2, "unit": 1, "quantity": 7, "unit_price": decimal(3)}
    values = {"party": 2, "invoice_address": 2, "lines": [["create", [row]]]}
    call("product.template.write", [2], {"purchasable": True, "purchase_uom": 1})
    keys = call("purchase.purchase.create", [values])
    for button in ("quote", "confirm", "process"):
        call(f"purchase.purchase.{button}", keys)
    moves = [
        move["id"] for move in site.server.rows("select id from stock_move where state = 'draft'")
    ]
    (house,) = call("stock.location.read", [5], ["input_location", "storage_location"])
    places = {
        "warehouse_input": house["input_location"],
        "warehouse_storage": house["storage_location"],
    }
    values = {"supplier": 2, "warehouse": 5, **places, "moves": [["add", moves]]}
    shipment = call("stock.shipment.in.create", [values])
    for button in ("receive", "do"):
        call(f"stock.shipment.in.{button}", shipment)


def test_money_is_read_by_every_mapping(site: Site) -> None:
    sold = site.sold(line("a", 10), state="processing")
    (told,) = site.server.call("sale.sale.read", [int(sold.key)], ["invoices", "total_amount"])
    (key,) = told["invoices"]
    site.server.call("account.invoice.write", [key], {"invoice_date": _day()})
    site.press("account.invoice", "post", key)
    _paid(site, key, "50.00")
    (invoice,) = everything(site, "invoice").values()
    (receivable,) = everything(site, "receivable").values()
    (payment,) = everything(site, "payment").values()
    assert (invoice.amount_with_tax, invoice.tax, invoice.red) == (Decimal(113), 13, False)
    assert invoice.lines[0].order_number == site.shown(sold.key).number
    assert (receivable.settled, [due.amount for due in receivable.dues]) == (50, [113])
    assert (payment.amount, payment.kind) == (50, "ordinary")
    assert [(use.receivable, use.amount) for use in payment.allocations] == [(invoice.number, 50)]
    (order,) = everything(site, "sales_order").values()
    assert order.lines[0].invoiced == 10


def _day() -> dict[str, object]:
    now = date.today()
    return {"__class__": "date", "year": now.year, "month": now.month, "day": now.day}


def _paid(site: Site, invoice: int, amount: str) -> None:
    """Cash comes in for an invoice."""
    call = site.server.call
    (cash,) = site.server.rows("select id from account_journal where type = 'cash'")
    (period,) = site.server.rows(
        "select id from account_period where start_date <= date() and end_date >= date()"
    )
    (told,) = call("account.invoice.read", [invoice], ["account"])
    (place,) = site.server.rows("select id from account_account where code = '1.1.1'")
    rows = [
        {"account": place["id"], "debit": decimal(amount), "credit": decimal(0)},
        {"account": told["account"], "party": 2, "debit": decimal(0), "credit": decimal(amount)},
    ]
    values = {
        "journal": cash["id"],
        "period": period["id"],
        "date": _day(),
        "lines": [["create", rows]],
    }
    moves = call("account.move.create", [values])
    call("account.move.post", moves)
    (line,) = call("account.move.line.search_read", [["move", "in", moves], ["party", "=", 2]],
                   0, None, None, ["id"])  # fmt: skip
    call("account.invoice.write", [invoice], {"payment_lines": [["add", [line["id"]]]]})


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("The code on party must be unique.", "operations"),
        ('The value "x" for field "Type" in record "1" is not one of the allowed options.',
         "operations"),
        ('You are not allowed to access "Account Move". Within groups: Sales', "IT"),
        ('The forcast quantity (1 u) for line "9 u @ 1" is lower than its quantity (9 u).',
         "operations"),
        ('To get a quote for sale "[crm:1]" you must enter an invoice address.', "master data"),
    ],
)  # fmt: skip
def test_refusals_are_told_in_plain_words(words: str, who: str) -> None:
    told = Hints([shipped() / "hints/tryton.yaml"]).explain(words)
    assert told.who == who
    assert told.words != words
    assert told.do
