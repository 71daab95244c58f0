"""The shipped mappings: they fit the account, and read a whole company."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from hubspot_world import DEAL, KEY, World

from connector.assemble import shipped
from connector.contract import Record
from connector.hints import Hints
from connector.mapping.load import load
from connector.mapping.reading import Reader
from tests.adapters.assigned import Assigned
from tests.adapters.mapped import CHINA, Mapped
from tests.adapters.simulated import VALUES, whole

README = Path(__file__).parents[3] / "adapters" / "hubspot" / "README.md"


class TestMappings(Mapped):
    kind = World
    system = "hubspot"
    states = {"confirmed", "draft", "cancelled"}

    def number_of(self, world: World, name: str, record: Record) -> str:
        """A deal has no number but its id; the company knows it by its name."""
        if name != "sales_order":
            return record.number
        return next(d["dealname"] for d in world.sandbox.records(DEAL) if d[KEY] == record.key)

    def test_what_a_deal_and_its_lines_are_is_read(self, demo: World) -> None:
        orders = self.objects(demo, "sales_order")
        for order in self.company.orders:
            found = orders[order.number]
            assert found.kind == order.kind
            assert [line.kind for line in found.lines] == [line.kind for line in order.lines]

    def test_the_readmes_mapping_reads_orders_of_hubspots_own_object(
        self, demo: World, tmp_path: Path
    ) -> None:
        [text] = re.findall(
            r"```yaml\n(object: sales_order\n.*?)```", README.read_text("utf-8"), re.S
        )
        (tmp_path / "sales_order.yaml").write_text(text, encoding="utf-8")
        reader = Reader(load(tmp_path / "sales_order.yaml", VALUES), CHINA)
        lines = [{"product": self.company.materials[-1].number, "quantity": 3, "price": "1.10"}]
        sku = demo.sandbox.records("products")[0]["hs_sku"]
        customer = next(one.number for one in self.company.customers if one.in_crm)
        key = demo.people("add_order", customer=customer, lines=[{**lines[0], "product": sku}],
                          form="orders", order_discount="0.30")  # fmt: skip
        demo.people("edit", form="orders", key=key, fields={"hs_external_order_id": "SO-9"})
        [record] = whole(demo.adapter(), reader.shape).records
        order = reader(record)
        assert (order.number, order.status, order.amount_with_tax) == (
            "SO-9",
            "confirmed",
            Decimal(3),
        )


def test_every_property_that_a_mapping_names_is_listed_in_the_readme() -> None:
    told = README.read_text("utf-8")
    for path in sorted((shipped() / "hubspot").glob("*.yaml")):
        text = path.read_text("utf-8")
        for name in set(re.findall(r"\berp_\w+", text)) - {path.stem}:
            assert f"`{name}`" in told, (path.name, name)


def test_hints_tell_people_what_a_refusal_means() -> None:
    hints = Hints([shipped() / "hints" / "hubspot.yaml"])
    told = hints.explain("This app hasn't been granted all required scopes. [MISSING_SCOPES]")
    assert told.who == "IT"
    assert "scope" in told.do


class TestTodos(Assigned):
    kind = World
    system = "hubspot"
    owner = "hubspot_owner_id"
    finished = {"hs_task_status": "COMPLETED"}
