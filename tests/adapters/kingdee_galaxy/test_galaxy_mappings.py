"""The shipped mappings: the way into the server and back."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from galaxy_site import Site

from connector import hints, messages
from connector.contract import Write
from connector.engine import plan
from connector.engine.base import Before, after_write, whole
from connector.engine.plan import Held
from connector.mapping.document import Node
from connector.mapping.load import Values, load
from connector.mapping.reading import Reader
from connector.mapping.writing import Writer
from connector.objects import SalesOrder, plain

ROOT = Path(__file__).parents[3] / "mappings"
FILES = sorted((ROOT / "kingdee_galaxy").glob("*.yaml"))
ZONE = ZoneInfo("Asia/Shanghai")
RESOLVED = {
    ("customer", "number"): "C0007",
    ("employee", "number"): "S001",
    ("material", "number"): "M-100",
    ("material", "sales_unit"): "Pcs",
    ("material", "price_unit"): "Pcs",
    ("material", "stock_unit"): "Pcs",
}


def mapping(name: str) -> Any:
    return load(ROOT / "kingdee_galaxy" / f"{name}.yaml", Values([ROOT / "values"]))


READ = [path.stem for path in FILES if mapping(path.stem).read]


ORDER = SalesOrder.model_validate(
    {
        "number": "20261121-000001",
        "customer": "A1",
        "salesperson": "p1",
        "order_date": "2026-03-01",
        "wanted_date": "2026-04-10",
        "discount": "0.55",
        "special_terms": "木箱包装",
        "lines": [
            {"id": "a", "material": "P1", "quantity": "3", "price_with_tax": "33.33",
             "tax_rate": "0.13", "amount_with_tax": "99.99"},
            {"id": "b", "material": "P1", "quantity": "1", "kind": "gift", "tax_rate": "0.13",
             "amount_with_tax": "0"},
            {"id": "c", "material": "P1", "quantity": "7", "price_with_tax": "1.11",
             "tax_rate": "0.13", "amount_with_tax": "7.77"},
        ],
    }
)  # fmt: skip


def written(site: Site) -> tuple[Writer, Node, Any, Any]:
    """The order, mapped and written; the writer, the document, and what came back."""
    ORDER.settle()
    writer = Writer(mapping("sales_order"))
    document, form = writer.made(plain(ORDER))
    document.resolve(lambda link: RESOLVED.get((link.object, link.field)))
    made = plan.create(document)
    expect = {"FBillAllAmount": (Decimal("107.21"), Decimal(0))} | {
        f"FSaleOrderEntry/{line}/FAllAmount": (row.fields["FAllAmount"], Decimal(0))
        for line, row in document.tables["FSaleOrderEntry"].items()
    }
    outcome = site.erp.write(
        Write(
            form="SAL_SaleOrder",
            key="",
            fields={n: v for n, v in made.fields.items() if n not in writer.checks},
            tables=made.tables,
            reference=("F_CRM_Ref", "crm:1"),
            number="FBillNo",
            until="audited",
            expect=expect,
            show=writer.shape,
        )
    )
    return writer, document, form, outcome


def test_an_order_equals_the_contract_to_the_fen(site: Site) -> None:
    *_, outcome = written(site)
    assert (outcome.number, outcome.step) == ("20261121-000001", "audited")


def test_what_was_written_reads_back_as_the_same(site: Site) -> None:
    writer, document, wanted, outcome = written(site)
    (shown,) = site.erp.fetch(writer.shape, [outcome.key])
    keys = outcome.line_keys
    kept = after_write(wanted, document, outcome.shown, writer, keys, Before())
    base = whole(kept, wanted, keys)
    held = Held(wanted, base, shown, outcome.line_keys)
    again = plan.update(document, wanted, held, writer)
    assert (again.writes, again.conflicts, again.drift) == ([], [], [])


def daily_work(site: Site, number: str) -> None:
    """A document of every kind for an order."""
    people = site.people
    people("order_requested", number=people("request_purchase", material="M-200", quantity=50))
    bought = people("order_purchase", material="M-200", quantity=50)
    people("book_payable", receipt=people("receive_purchase", number=bought))
    (made,) = people("advance_production", order_number=number, to="started")[:1]
    people("pick", production_order=made)
    people("advance_production", order_number=number, to="finished")
    people("inspect", source=made, qualified=2, unqualified=1, rework=True)
    people("book_cost", production_order=made, material=7, labour=2, overhead=1)
    shipment = people("ship", order_number=number)
    debt = people("book_receivable", document=shipment)
    people("take_payment", amount=50, receivable=debt)
    for kind, quantity in (("special", 3), ("ordinary", 8)):
        people("invoice", receivable=debt, kind=kind, quantity=quantity)
    people("take_back", shipment=shipment, quantity=1)
    people("refund", amount=1, customer="C0007")


@pytest.mark.parametrize("name", READ)
def test_every_mapping_reads_from_the_server(site: Site, name: str) -> None:
    written(site)
    daily_work(site, "20261121-000001")
    reader = Reader(mapping(name), ZONE)
    records = [r for page in site.erp.read(reader.shape, None) for r in page.records]
    assert records
    for record in records:
        reader(record)
        reader.usable(record)
        reader.open(record)


def test_what_refers_to_a_material_names_the_record_that_is_read(site: Site) -> None:
    site.people("make_production_order", material="M-100", quantity=5, organisation="101")
    found: dict[str, set[str]] = {}
    for name in ("material", "production_order", "stock"):
        reader = Reader(mapping(name), ZONE)
        for page in site.erp.read(reader.shape, None):
            for record in page.records:
                key = record.key if name == "material" else plain(reader(record))["material"]
                found.setdefault(name, set()).add(key)
    assert found["production_order"] <= found["material"]
    assert found["stock"] == found["material"]


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("违反字段唯一性要求：编码唯一。[SO-0001]在当前系统中已经被使用。", "operations"),
        ("字段[客户]是必录字段", "master data"),
        ("字段[单据类型]是必录字段", "operations"),
        ("您没有该业务对象的操作权限，请联系系统管理员", "IT"),
        ("客户[C0007]信用额度不足，超出信用额度10，是否继续？", "finance"),
        ("第1行分录，未免费的物料，含税单价不能小于等于0", "sales"),
        ("元数据中标识为F_CRM_Ref的字段不存在", "operations"),
    ],
)
def test_refusals_are_told_in_plain_words(words: str, who: str) -> None:
    messages.set_language("en")
    told = hints.Hints([ROOT / "hints/kingdee_galaxy.yaml"]).explain(words)
    assert told.who == who
    assert told.words != words
    assert told.do
