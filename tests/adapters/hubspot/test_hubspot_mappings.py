"""The shipped mappings: they load, read a whole company, and do what their cases say."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hubspot_world import MAPPINGS, VALUES, World, mapping, read

from connector.hints import Hints
from connector.mapping.load import load
from connector.mapping.reading import Reader
from sandbox.company.generate import demo as demo_company

CHINA = ZoneInfo("Asia/Shanghai")
README = Path(__file__).parents[3] / "adapters" / "hubspot" / "README.md"
COMPANY = demo_company(today=date(2026, 11, 20), orders=120, customers=100)


@pytest.fixture(scope="module")
def demo() -> Any:
    world = World(COMPANY)
    yield world
    world.stop()


def objects(world: World, name: str) -> dict[str, Any]:
    """Everything of one kind in the CRM, as business objects by number."""
    reader = Reader(mapping(name), CHINA)
    crm = world.adapter()
    if name == "employee":
        records = [record for page in crm.read(reader.shape, None) for record in page.records]
    else:
        records = read(crm, reader.shape)[0]
    return {record.number: reader(record) for record in records}


def test_every_deal_of_the_demo_company_is_read_to_the_fen(demo: World) -> None:
    found = objects(demo, "sales_order")
    names = {one["hs_object_id"]: one["dealname"] for one in demo.sandbox.records("deals")}
    made = {names[number]: order for number, order in found.items()}
    assert set(made) == {order.number for order in COMPANY.orders}
    for order in COMPANY.orders:
        read_as = made[order.number]
        assert (read_as.amount_with_tax, read_as.discount) == (order.amount, order.discount)
        assert (read_as.order_date, read_as.kind) == (order.order_date, order.kind)
        assert sum(line.net_amount for line in read_as.lines) == order.amount
        assert [line.kind for line in read_as.lines] == [line.kind for line in order.lines]
        assert {line.tax_rate for line in read_as.lines} == {Decimal("0.13")}
    states = Counter(order.status for order in made.values())
    assert set(states) == {"confirmed", "draft", "cancelled"}


def test_the_demo_companys_master_data_is_read(demo: World) -> None:
    assert len(objects(demo, "customer")) == len(demo.sandbox.records("companies"))
    assert all(one.active for one in objects(demo, "material").values())
    people = objects(demo, "employee")
    assert "YW001" in people
    owners = {one["hs_object_id"] for one in demo.sandbox.records("owners")}
    assert {order.salesperson for order in objects(demo, "sales_order").values()} <= owners


def test_the_readmes_mapping_reads_orders_of_hubspots_own_object(
    demo: World, tmp_path: Path
) -> None:
    [text] = re.findall(r"```yaml\n(object: sales_order\n.*?)```", README.read_text("utf-8"), re.S)
    (tmp_path / "sales_order.yaml").write_text(text, encoding="utf-8")
    reader = Reader(load(tmp_path / "sales_order.yaml", VALUES), CHINA)
    lines = [{"product": COMPANY.materials[-1].number, "quantity": 3, "price": "1.10"}]
    sku = demo.sandbox.records("products")[0]["hs_sku"]
    customer = next(one.number for one in COMPANY.customers if one.in_crm)
    key = demo.people("add_order", customer=customer, lines=[{**lines[0], "product": sku}],
                      form="orders", order_discount="0.30")  # fmt: skip
    demo.people("edit", form="orders", key=key, fields={"hs_external_order_id": "SO-9"})
    [record] = read(demo.adapter(), reader.shape)[0]
    order = reader(record)
    assert (order.number, order.status, order.amount_with_tax) == ("SO-9", "confirmed", Decimal(3))


def test_every_property_that_a_mapping_names_is_listed_in_the_readme() -> None:
    told = README.read_text("utf-8")
    for path in sorted((MAPPINGS / "hubspot").glob("*.yaml")):
        text = path.read_text("utf-8")
        for name in set(re.findall(r"\berp_\w+", text)) - {path.stem}:
            assert f"`{name}`" in told, (path.name, name)


def test_hints_tell_people_what_a_refusal_means() -> None:
    hints = Hints([MAPPINGS / "hints" / "hubspot.yaml"])
    told = hints.explain("This app hasn't been granted all required scopes. [MISSING_SCOPES]")
    assert told.who == "IT"
    assert "scope" in told.do
