"""The shipped mappings: they fit the tenant, and read a whole company."""

from __future__ import annotations

from decimal import Decimal

from fxiaoke_world import World, read, shape

from connector.assemble import shipped
from connector.hints import Hints
from connector.mapping.reading import Reader
from tests.adapters.assigned import Assigned
from tests.adapters.mapped import CHINA, Mapped
from tests.adapters.simulated import mapping_of


class TestMappings(Mapped):
    kind = World
    system = "fxiaoke"

    def test_departments_and_units_are_read(self, demo: World) -> None:
        assert len(self.objects(demo, "department")) == 3
        units = {product.sales_unit for product in self.objects(demo, "material").values()}
        assert units <= {"Pcs", "Set", "Kg"}


def test_a_removed_line_is_no_part_of_its_order(build):
    world = build()
    line = world.sandbox.records("SalesOrderProductObj")[1]
    world.people("invalidate", number=line["name"], form="SalesOrderProductObj")
    record = read(world.adapter(), wanted=shape()).records[0]
    record.fields["order_amount"] = Decimal("299.97")
    order = Reader(mapping_of("fxiaoke", "sales_order"), CHINA)(record)
    assert [line.line_no for line in order.lines] == [1]


def test_hints_tell_people_what_a_refusal_means():
    hints = Hints([shipped() / "hints" / "fxiaoke.yaml"])
    told = hints.explain("单位：选项值[Foo]不存在 [32000]")
    assert told.words == 'a field in Fxiaoke has no option "Foo"'
    assert (told.who, told.do) == ("operations", "add the option there, or change the value map")
    assert hints.explain("x [20016]").words == "Fxiaoke refuses our credentials (20016)"


class TestTodos(Assigned):
    kind = World
    system = "fxiaoke"
    owner = "owner"
    finished = {"done__c": True}
