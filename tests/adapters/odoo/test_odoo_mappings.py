"""The shipped mappings: they name fields that Odoo has, and read a whole company."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from odoo_world import World, mapping, order, read, row

from connector.assemble import shipped
from connector.hints import Hints
from connector.mapping.reading import Reader
from sandbox.odoo import OdooSandbox
from sandbox.odoo.registry import MODELS
from tests.adapters import mapped

CHINA = ZoneInfo("Asia/Shanghai")
FILES = sorted(path.stem for path in (shipped() / "odoo").glob("*.yaml"))
SIMULATED = [name for name in FILES if mapping(name).form.partition(":")[0] in MODELS]


class Crm(World):
    sandbox_type = partial(OdooSandbox, side="crm")


class TestMappings(mapped.Mapped):
    kind = Crm
    system = "odoo"
    states = {"confirmed", "draft", "cancelled"}
    of_the_site = frozenset(FILES) - frozenset(SIMULATED)
    company = replace(
        mapped.Mapped.company,
        orders=tuple(
            replace(one, discount=Decimal(0), amount=sum(line.amount for line in one.lines))
            for one in mapped.Mapped.company.orders
        ),
    )
    """Odoo's orders have no discount but that of their lines."""


@pytest.mark.parametrize("name", [n for n in SIMULATED if mapping(n).read])
def test_everything_is_read_by_what_a_mapping_asks_for(world, erp, name):
    reader = Reader(mapping(name), CHINA)
    for record in read(erp, wanted=reader.shape):
        assert reader(record)


def test_what_was_written_by_the_mapping_of_orders_is_read_by_it(world: World, erp) -> None:
    line = row("a", **{"tax_ids.name": "13%"})
    erp.write(order("1", line))
    reader = Reader(mapping("sales_order"), CHINA)
    (record,) = read(erp, wanted=reader.shape)
    made = reader(record)
    assert (made.status, made.bill_status, made.amount_with_tax) == ("confirmed", "approved", 720)
    (read_line,) = made.lines
    assert (read_line.quantity, read_line.net_price, str(read_line.tax_rate)) == (3, 240, "0.13")


def test_hints_tell_people_what_a_refusal_means():
    hints = Hints([shipped() / "hints" / "odoo.yaml"])
    told = hints.explain("Access to unauthorized or invalid companies.")
    assert told.who == "IT"
    assert "allowed companies" in told.do
