"""What every CRM's shipped mappings do with a whole company, against the simulated system."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest

from connector.assemble import shipped
from connector.contract import Record
from connector.mapping import naming
from connector.mapping.reading import Reader
from connector.operations.forms import lacking
from sandbox.company.generate import demo as demo_company
from tests.adapters.simulated import World, mapping_of, whole

CHINA = ZoneInfo("Asia/Shanghai")


class Mapped:
    """Tests of one CRM's mappings. Subclass it and say which."""

    kind: ClassVar[type[World]]
    system: ClassVar[str]
    company = demo_company(today=date(2026, 11, 20), orders=120, customers=100)
    states: ClassVar[set[str]] = {"confirmed", "in_approval", "cancelled", "draft"}
    """Of the orders in it."""
    of_the_site: ClassVar[frozenset[str]] = frozenset()
    """Objects whose form only some sites have."""

    @pytest.fixture(scope="class")
    @classmethod
    def demo(cls) -> Iterator[World]:
        """The whole company; for looking only."""
        world = cls.kind(cls.company)
        yield world
        world.stop()

    def objects(self, world: World, name: str) -> Mapping[str, Any]:
        """Everything of one kind in the CRM, as business objects by number."""
        reader = Reader(mapping_of(self.system, name), CHINA)
        records = whole(world.looking, reader.shape).records
        return {self.number_of(world, name, record): reader(record) for record in records}

    def number_of(self, world: World, name: str, record: Record) -> str:
        """By which the company knows a record."""
        return record.number

    def test_every_field_of_a_mapping_stands_in_the_system(self, demo: World) -> None:
        for path in sorted((shipped() / self.system).glob("*.yaml")):
            if path.stem in self.of_the_site:
                continue
            one = mapping_of(self.system, path.stem)
            named = naming.read(one) if one.read else []
            named = [*named, *(naming.written(one) if one.write else ())]
            described, problems = lacking(demo.looking, named)
            assert (path.stem, described, list(map(str, problems.values()))) == (
                path.stem, True, [],
            )  # fmt: skip

    def test_every_order_of_a_company_is_read_to_the_fen(self, demo: World) -> None:
        made = self.objects(demo, "sales_order")
        assert set(made) == {order.number for order in self.company.orders}
        for order in self.company.orders:
            found = made[order.number]
            assert (found.amount_with_tax, found.discount) == (order.amount, order.discount)
            assert found.order_date == order.order_date
            assert len(found.lines) == len(order.lines)
            assert sum(line.net_amount for line in found.lines) == order.amount
            assert {line.tax_rate for line in found.lines} == {Decimal("0.13")}

    def test_its_orders_are_in_every_state(self, demo: World) -> None:
        found = Counter(order.status for order in self.objects(demo, "sales_order").values())
        assert set(found) == self.states
        assert found.most_common(1)[0][0] == "confirmed"

    def test_its_master_data_are_read(self, demo: World) -> None:
        company = self.company
        for name, there in (("customer", company.customers), ("material", company.materials)):
            known = {one.name for one in there if one.in_crm and getattr(one, "saleable", True)}
            assert {one.name for one in self.objects(demo, name).values()} == known
        products = self.objects(demo, "material").values()
        assert all(one.active for one in products)
        assert "YW001" in self.objects(demo, "employee")

    def test_the_salesperson_of_an_order_is_the_key_of_an_employee(self, demo: World) -> None:
        reader = Reader(mapping_of(self.system, "employee"), CHINA)
        keys = {record.key for record in whole(demo.looking, reader.shape).records}
        orders = self.objects(demo, "sales_order").values()
        assert {order.salesperson for order in orders} - {""} <= keys
