"""The shipped mappings: they fit the instance, read a whole company, do what their cases say."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from espocrm_world import MAPPINGS, World, mapping, read

from connector import yamlfile
from connector.contract import Record
from connector.errors import MappingFault
from connector.hints import Hints
from connector.mapping import naming
from connector.mapping.document import canon
from connector.mapping.reading import Reader
from connector.mapping.writing import Writer
from connector.objects import plain
from connector.operations.forms import lacking
from sandbox.company.generate import demo as demo_company

CHINA = ZoneInfo("Asia/Shanghai")
COMPANY = demo_company(today=date(2026, 11, 20))
FILES = sorted(path.stem for path in (MAPPINGS / "espocrm").glob("*.yaml"))


def cases():
    for path in sorted((MAPPINGS / "cases" / "espocrm").glob("*.yaml")):
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
    records, _ = read(world.adapter(), wanted=reader.shape)
    return {record.number: reader(record) for record in records}


@pytest.mark.parametrize("name", FILES)
def test_every_field_of_a_mapping_stands_in_the_instance(demo, name):
    one = mapping(name)
    named = [*(naming.read(one) if one.read else ()), *(naming.written(one) if one.write else ())]
    described, problems = lacking(demo.adapter(), named)
    assert (one.object, described, [str(problem) for problem in problems.values()]) == (
        name,
        True,
        [],
    )


@pytest.mark.parametrize(("name", "case"), list(cases()))
def test_case(name, case):
    if "read" in case:
        number = str(case["read"].get(mapping(name).number) or "")
        record = Record("1", case["read"], number)
        if "fault" in case["object"]:
            with pytest.raises(MappingFault) as caught:
                Reader(mapping(name), CHINA)(record)
            assert caught.value.path == case["object"]["fault"]
            return
        assert plain(Reader(mapping(name), CHINA)(record)) == case["object"]
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
    assert len(objects(demo, "customer")) == 300
    assert all(product.active for product in objects(demo, "material").values())
    people = objects(demo, "employee")
    assert "YW001" in people
    orders = objects(demo, "sales_order").values()
    keys = {row["id"] for row in demo.sandbox.records("User")}
    assert {order.salesperson for order in orders} - {""} <= keys


def test_hints_tell_people_what_a_refusal_means():
    hints = Hints([MAPPINGS / "hints" / "espocrm.yaml"])
    told = hints.explain("validationFailure probability required [400]")
    assert told.words.startswith("EspoCRM requires probability")
    assert hints.explain("duplicate [409]").who == "master data"
    assert "Cannot edit" in hints.explain("Cannot edit locked record. [409]").words
