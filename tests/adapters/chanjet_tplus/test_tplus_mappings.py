"""The shipped mappings: the way into T+ and back, and the live forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tplus_site import COMPANY, MARK, ORDER, Site, opened

from connector.contract import Write
from connector.engine import plan
from connector.engine.base import Before, after_write, whole
from connector.engine.plan import Held
from connector.mapping import naming
from connector.mapping.load import Values, load
from connector.mapping.naming import Named
from connector.mapping.reading import Reader
from connector.mapping.writing import Writer
from connector.objects import SalesOrder, plain
from connector.operations.forms import lacking
from sandbox.company.model import BomLine, Purchase, Supplier

ROOT = Path(__file__).parents[3] / "mappings"
NAMES = sorted(path.stem for path in (ROOT / "chanjet_tplus").glob("*.yaml"))
ZONE, DAY = ZoneInfo("Asia/Shanghai"), date(2026, 3, 5)
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
    return load(ROOT / "chanjet_tplus" / f"{name}.yaml", Values([ROOT / "values"]))


# -- into T+, and back -------------------------------------------------------------------------

DISCOUNTED = SalesOrder.model_validate(
    {
        "number": "UO-7",
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
             "tax_rate": "0.13", "amount_with_tax": "7.77"},
        ],
    }
)  # fmt: skip
LINKS = {("customer", "key"): "C0007", ("material", "key"): "M-001", ("material", "unit"): "Pcs"}


@pytest.mark.parametrize("amounts", ["reckoned", "kept"])
def test_an_order_arrives_to_the_fen_and_reads_back_as_the_same(site: Site, amounts: str) -> None:
    site.server.switches["amounts"] = amounts
    DISCOUNTED.settle()
    writer = Writer(mapping("sales_order"))
    document, form = writer.made(plain(DISCOUNTED))
    document.resolve(lambda link: LINKS.get((link.object, link.field)))
    made = plan.create(document)
    expect = {
        f"{table}/{one.line}/OrigTaxAmount": (one.fields["OrigTaxAmount"], Decimal(0))
        for table, change in made.tables.items()
        for one in change.rows
    }
    write: Any = Write(
        ORDER, "", {n: v for n, v in made.fields.items() if n not in writer.checks}, made.tables,
        reference=(MARK, "crm:1"), number="Code", until="audited", expect=expect,
        show=writer.shape,
    )  # fmt: skip
    outcome = site.erp.write(write)
    assert (outcome.number, outcome.step) == ("UO-7", "audited")
    (shown,) = site.erp.fetch(writer.shape, [outcome.key])
    keys = outcome.line_keys
    kept = after_write(form, document, outcome.shown, writer, keys, Before())
    again = plan.update(document, form, Held(form, whole(kept, form, keys), shown, keys), writer)
    assert (again.writes, again.conflicts, again.drift) == ([], [], [])


# -- against live forms ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def busy() -> Iterator[Site]:
    """An account set with a record of every form."""
    with opened(BUSY) as site:
        site.order()
        for name in ("ship", "invoice", "make_production_order"):
            site.people(name, order="UO-1")
        site.people("receive_purchase", number="PO1")
        yield site


def named_by(name: str) -> list[Named]:
    made = mapping(name)
    read, written = made.read is not None, made.write is not None
    return [*(naming.read(made) if read else ()), *(naming.written(made) if written else ())]


@pytest.mark.parametrize("name", NAMES)
def test_the_forms_have_what_the_mappings_name(busy: Site, name: str) -> None:
    assert lacking(busy.erp, named_by(name)) == (True, {})


def test_a_field_that_is_not_there_is_told_with_the_nearest_ones(busy: Site) -> None:
    one = next(one for one in named_by("sales_order") if one.field == "LinkMan")
    _, problems = lacking(busy.erp, [one._replace(field="LinkMann")])
    assert "LinkMan" in str(problems[ORDER, "LinkMann"])


@pytest.mark.parametrize("name", NAMES)
def test_every_form_is_read_by_its_mapping(busy: Site, name: str) -> None:
    reader = Reader(mapping(name), ZONE)
    records = [one for page in busy.erp.read(reader.shape, None) for one in page.records]
    assert records
    for record in records:
        made: Any = reader(record)
        goods = [getattr(one, "material", True) for one in getattr(made, "lines", ())]
        assert all(goods)
