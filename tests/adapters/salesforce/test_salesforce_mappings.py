"""The shipped mappings: they load, read a whole company, and do what their cases say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from salesforce_world import LINE, MAPPINGS, World, mapping, read, shape

from connector import yamlfile
from connector.contract import Record
from connector.mapping.document import canon
from connector.mapping.reading import Reader
from connector.mapping.writing import Writer
from connector.objects import plain
from sandbox.company.generate import demo as demo_company

CHINA = ZoneInfo("Asia/Shanghai")
COMPANY = demo_company(today=date(2026, 11, 20))
FILES = sorted(path.stem for path in (MAPPINGS / "salesforce").glob("*.yaml"))
OWN = {"contract", "project", "return_order"}
"""Whose objects, or some of whose fields, this org does not have."""


def cases():
    for path in sorted((MAPPINGS / "cases" / "salesforce").glob("*.yaml")):
        for case in yamlfile.to_plain(yamlfile.load(path))["cases"]:
            yield pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}")


@pytest.fixture(scope="module")
def demo():
    world = World(COMPANY)
    account = world.sandbox.records("Account")[0]["Id"]
    world.people("add", form="Contact", fields={"LastName": "王采购", "AccountId": account})
    yield world
    world.stop()


def objects(world, name):
    """Everything of one kind in the CRM, as business objects by number."""
    reader = Reader(mapping(name), CHINA)
    return {r.number or r.key: reader(r) for r in read(world.adapter(), wanted=shape(name)).records}


@pytest.mark.parametrize("name", FILES)
def test_every_mapping_loads_without_a_problem(name):
    assert mapping(name).object == name


@pytest.mark.parametrize(("name", "case"), list(cases()))
def test_case(name, case):
    if "read" in case:
        number = str(case["read"].get(mapping(name).number) or "")
        made = Reader(mapping(name), CHINA)(Record("1", case["read"], number))
        assert plain(made) == case["object"]
    else:
        fields = Writer(mapping(name))(case["object"]).fields
        shown = {field: canon(value) for field, value in fields.items()}
        assert texts(shown) == texts(case["write"])


def texts(fields):
    return {name: value if value is None else str(value) for name, value in fields.items()}


def test_every_order_of_the_demo_company_is_read_to_the_fen(demo):
    read_orders = objects(demo, "sales_order")
    company = {order.number: order for order in COMPANY.orders}
    assert set(read_orders) == set(company)
    for number, order in company.items():
        made = read_orders[number]
        assert (made.amount_with_tax, made.discount) == (order.amount, order.discount)
        assert made.order_date == order.order_date
        assert len(made.lines) == len(order.lines)
        assert sum(line.net_amount for line in made.lines) == order.amount
        assert {line.tax_rate for line in made.lines} == {Decimal("0.13")}


@pytest.mark.parametrize("name", ["customer", "contact", "material", "employee"])
def test_everything_else_of_the_demo_company_is_read(demo, name):
    assert objects(demo, name)


def test_an_opportunity_is_forecast_and_its_quote_read(demo):
    line = {"product": COMPANY.orders[0].lines[0].material, "quantity": 3, "price": 10}
    deal = demo.people("add_opportunity", customer=COMPANY.customers[0].number, lines=[line])
    demo.people("edit", form="Opportunity", key=deal, fields={"Probability": 60})
    demo.people("add_quote", opportunity=deal, lines=[{**line, "Discount": 10}], Status="Approved")
    [forecast] = objects(demo, "forecast").values()
    assert (forecast.quantity, forecast.probability) == (3, Decimal("0.6"))
    assert (forecast.opportunity, forecast.status) == (deal, "confirmed")
    [quote] = objects(demo, "quote").values()
    assert (quote.opportunity, quote.status, quote.amount_with_tax) == (deal, "confirmed", 27)
    assert quote.customer == forecast.customer


@pytest.mark.parametrize("name", [name for name in FILES if name not in OWN])
def test_every_field_that_is_written_or_read_is_described(demo, name):
    """What `mapping check` compares with a live org."""
    crm, made = demo.adapter(), mapping(name)
    known = {field.name for field in crm.describe(made.form)}
    wanted = {rule.target for rule in made.write.rules} if made.write else set()
    if made.read:
        wanted |= {field for field in shape(name).fields if "." not in field}
        lines = shape(name).tables
        for table in lines.values():
            there = {field.name for field in crm.describe(table.form)}
            assert {table.by, *table.fields} <= there
    assert wanted <= known


def test_a_line_is_an_object_of_its_own():
    assert shape().tables[LINE].by == "OrderId"
