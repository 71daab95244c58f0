"""The shipped mappings: they load, read a whole company, and do what their cases say."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from fxiaoke_world import ACCOUNT, MAPPINGS, World, mapping, read

from connector import yamlfile
from connector.contract import Record
from connector.hints import Hints
from connector.mapping.document import canon
from connector.mapping.reading import Reader
from connector.mapping.writing import Writer
from connector.objects import plain
from sandbox.company.generate import demo as demo_company

CHINA = ZoneInfo("Asia/Shanghai")
COMPANY = demo_company(today=date(2026, 11, 20))
FILES = sorted(path.stem for path in (MAPPINGS / "fxiaoke").glob("*.yaml"))


def cases():
    for path in sorted((MAPPINGS / "cases" / "fxiaoke").glob("*.yaml")):
        for case in yamlfile.to_plain(yamlfile.load(path))["cases"]:
            yield pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}")


@pytest.fixture(scope="module")
def demo():
    world = World(COMPANY)
    yield world
    world.stop()


def objects(world, name):
    """Everything of one kind in the CRM, as business objects by number."""
    reader = Reader(mapping(name), CHINA)
    records = read(world.adapter(), wanted=reader.shape).records
    return {record.number: reader(record) for record in records}


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


def test_the_demo_companys_orders_are_in_every_state(demo):
    states = Counter(order.status for order in objects(demo, "sales_order").values())
    assert states == {"confirmed": 374, "in_approval": 16, "cancelled": 6, "draft": 4}


def test_the_demo_companys_master_data_is_read(demo):
    assert len(objects(demo, "customer")) == len(demo.sandbox.records(ACCOUNT)) == 300
    products = objects(demo, "material")
    assert {product.sales_unit for product in products.values()} <= {"Pcs", "Set", "Kg"}
    assert all(product.active for product in products.values())
    assert len(objects(demo, "department")) == 3
    assert "YW001" in objects(demo, "employee")


def test_the_salesperson_of_an_order_is_the_key_of_an_employee(demo):
    people = Reader(mapping("employee"), CHINA).shape
    keys = {record.key for record in read(demo.adapter(), wanted=people).records}
    assert {order.salesperson for order in objects(demo, "sales_order").values()} <= keys


def test_a_removed_line_is_no_part_of_its_order(build):
    world = build()
    line = world.sandbox.records("SalesOrderProductObj")[1]
    world.people("invalidate", number=line["name"], form="SalesOrderProductObj")
    reader = Reader(mapping("sales_order"), CHINA)
    record = read(world.adapter()).records[0]
    record.fields["order_amount"] = Decimal("299.97")
    assert [line.line_no for line in reader(record).lines] == [1]


def test_hints_tell_people_what_a_refusal_means():
    hints = Hints([MAPPINGS / "hints" / "fxiaoke.yaml"])
    told = hints.explain("单位：选项值[Foo]不存在 [32000]")
    assert told.words == 'a field in Fxiaoke has no option "Foo"'
    assert (told.who, told.do) == ("operations", "add the option there, or change the value map")
    assert hints.explain("x [20016]").words == "Fxiaoke refuses our credentials (20016)"
