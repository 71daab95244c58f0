"""The shipped mappings: the way into U8 and back, and the live forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from u8_site import COMPANY, MARK, ORDER, ROWS, Site, opened

from connector.contract import Record, Write
from connector.engine import plan
from connector.engine.base import Before, after_write, whole
from connector.engine.plan import Held
from connector.errors import MappingFault
from connector.mapping import naming
from connector.mapping.load import Values, load
from connector.mapping.naming import Named
from connector.mapping.reading import Reader
from connector.mapping.writing import Writer
from connector.objects import SalesOrder, plain
from connector.operations.forms import lacking
from sandbox.company.model import BomLine, Purchase, Supplier

ROOT = Path(__file__).parents[3] / "mappings"
NAMES = [path.stem for path in sorted((ROOT / "yonyou_u8").glob("*.yaml"))]
ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 3, 5)
BUSY = replace(
    COMPANY,
    suppliers=(Supplier(number="V1", name="钢厂"),),
    bom=(BomLine(parent="M-001", component="M-002", quantity=Decimal(2)),),
    purchases=(
        Purchase(number="PO1", supplier="V1", material="M-002", quantity=Decimal(5),
                 price=Decimal(1), order_date=DAY, due=DAY),
    ),
)  # fmt: skip


def mapping(name: str) -> Any:
    return load(ROOT / "yonyou_u8" / f"{name}.yaml", Values([ROOT / "values"]))


# -- into U8, and back -------------------------------------------------------------------------

DISCOUNTED = SalesOrder.model_validate(
    {
        "number": "SO-7",
        "customer": "A1",
        "order_date": "2026-03-01",
        "wanted_date": "2026-04-10",
        "discount": "0.55",
        "lines": [
            {"id": "a", "material": "P1", "quantity": "3", "price_with_tax": "33.33",
             "tax_rate": "0.13", "amount_with_tax": "99.99"},
            {"id": "b", "material": "P1", "quantity": "1", "kind": "gift", "tax_rate": "0.13",
             "amount_with_tax": "0"},
            {"id": "c", "material": "P1", "quantity": "7", "price_with_tax": "1.11",
             "tax_rate": "0.06", "amount_with_tax": "7.77"},
        ],
    }
)  # fmt: skip
KNOWN = {("customer", "number"): "C0007", ("material", "number"): "M-001"}


def test_an_order_arrives_to_the_fen_and_reads_back_as_the_same(site: Site) -> None:
    DISCOUNTED.settle()
    writer = Writer(mapping("sales_order"))
    document, form = writer.made(plain(DISCOUNTED))
    document.resolve(lambda link: KNOWN.get((link.object, link.field)))
    made = plan.create(document)
    write = Write(
        ORDER, "", {n: v for n, v in made.fields.items() if n not in writer.checks}, made.tables,
        reference=(MARK, "crm:1"), number="code", until="audited", show=writer.shape,
        expect={f"{ROWS}/c/sum": (Decimal("7.73"), Decimal(0))},
    )  # fmt: skip
    outcome = site.erp.write(write)
    assert (outcome.number, outcome.step) == ("SO-7", "audited")
    sums = [Decimal(one["sum"]) for one in site.shown("SO-7")[ROWS]]
    assert sums == [Decimal(text) for text in ("99.48", "0", "7.73")]
    (shown,) = site.erp.fetch(writer.shape, [outcome.key])
    keys = outcome.line_keys
    kept = after_write(form, document, outcome.shown, writer, keys, Before())
    again = plan.update(document, form, Held(form, whole(kept, form, keys), shown, keys), writer)
    assert (again.writes, again.conflicts, again.drift) == ([], [], [])


def test_an_order_in_another_currency_stops_rather_than_arriving_in_the_home_currency() -> None:
    foreign = plain(DISCOUNTED) | {"currency": "USD"}
    with pytest.raises(MappingFault, match="USD"):
        Writer(mapping("sales_order"))(foreign)


# -- against live forms ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def busy() -> Iterator[Site]:
    """An account set with a record of every form."""
    with opened(BUSY) as site:
        site.order()
        for name in ("ship", "invoice", "book_receivable"):
            site.people(name, order="SO-1")
        site.people("finish_production", number=site.people("make_production_order", order="SO-1"))
        site.people("take_payment", customer="C0007", amount=10)
        site.people("receive_purchase", number="PO1")
        yield site


def named_by(name: str) -> list[Named]:
    made = mapping(name)
    return [
        *(naming.read(made) if made.read else ()),
        *(naming.written(made) if made.write else ()),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_the_forms_have_what_the_mappings_name(busy: Site, name: str) -> None:
    assert lacking(busy.erp, named_by(name)) == (True, {})


def test_a_field_that_is_not_there_is_told_with_the_nearest_ones(busy: Site) -> None:
    one = next(one for one in named_by("sales_order") if one.field == "sendaddress")
    _, problems = lacking(busy.erp, [one._replace(field="sendadress")])
    assert "sendaddress" in str(problems[ORDER, "sendadress"])


@pytest.mark.parametrize("name", NAMES)
def test_every_form_is_read_by_its_mapping(busy: Site, name: str) -> None:
    reader = Reader(mapping(name), ZONE)
    records: list[Record] = [
        one for page in busy.erp.read(reader.shape, None) for one in page.records
    ]
    assert records
    for record in records:
        assert not record.fault
        made: Any = reader(record)
        assert all(getattr(one, "material", True) for one in getattr(made, "lines", ()))


def test_what_became_of_an_order_is_told_by_its_number(busy: Site) -> None:
    for name in ("shipment", "invoice", "production_receipt"):
        reader = Reader(mapping(name), ZONE)
        (page,) = [one for one in busy.erp.read(reader.shape, None) if one.records]
        made: Any = reader(page.records[0])
        assert {line.order_number for line in made.lines} == {"SO-1"}
