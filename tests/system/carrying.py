"""What a CRM and Kingdee do together beyond carrying orders, by what `init` writes and by shipped
mappings alone; `tests/pairs` counts the orders.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.system.company import with_orders
from tests.system.site import Site, opened, today

ERP = "kingdee_galaxy"
COMPANY = with_orders(3, today())


class Carrying:
    """Tests of a CRM. Subclass it and say what its fields are called."""

    crm: ClassVar[str]
    """Its adapter."""
    order: ClassVar[str]
    number: ClassVar[str]
    """The form of orders, and the field with their number."""
    told: ClassVar[tuple[str, str]]
    """The fields of an order that hold the ERP's number and its state."""
    progress: ClassVar[tuple[str, str, str]]
    """Those that hold its stage, its waybill and when it was shipped."""
    stock: ClassVar[tuple[str, str, str]]
    """The form of stock, its field with the product's number, and that with the quantity."""
    known_as: ClassVar[str]
    """Who we are there, as `connector check` tells it."""

    @pytest.fixture(scope="class")
    @classmethod
    def carried(cls, tmp_path_factory: Any) -> Iterator[Site]:
        """Orders and what they need besides, carried by one run; for looking only."""
        folder: Path = tmp_path_factory.mktemp(cls.crm)
        with opened(folder, COMPANY, systems=(cls.crm, ERP)) as site:
            site.sync()
            yield site

    @pytest.fixture
    def busy(self, tmp_path: Path) -> Iterator[Site]:
        """The same, carried an hour ago."""
        with opened(tmp_path, COMPANY, systems=(self.crm, ERP)) as site:
            site.sync()
            site.clock.advance(3600)
            yield site

    def test_every_order_is_told_its_number_and_state(self, carried: Site) -> None:
        told = {
            one[self.number]: tuple(one[name] for name in self.told)
            for one in carried.crm.records(self.order)
        }
        assert told == {placed.number: (placed.number, "已进ERP") for placed in COMPANY.orders}

    def test_a_second_run_writes_nothing(self, carried: Site) -> None:
        carried.sync()
        before = carried.marks()
        carried.sync()
        assert carried.written(before) == []

    def test_the_erp_s_stock_stands_beside_its_product(self, carried: Site) -> None:
        form, name, quantity = self.stock
        held = {one[name]: float(one[quantity]) for one in carried.crm.records(form)}
        assert held == {"M1": 100, "M2": 200, "M3": 300, "M4": 400}

    def test_the_command_line_finds_nothing_wrong_with_the_connection(self, carried: Site) -> None:
        told = carried.cli("check")
        assert told.words == []
        assert told.code == 0
        assert self.known_as in told.out

    def test_a_change_and_a_cancellation_follow(self, busy: Site) -> None:
        busy.in_crm("edit_line", order="SO-0002", line_no=1, fields={"quantity": 77})
        busy.in_crm("cancel", number="SO-0003")
        busy.sync()
        rows = self._bill(busy, "SO-0002")["FSaleOrderEntry"]
        assert 77 in [Decimal(str(row["FQty"])) for row in rows]
        # Audited, it is closed, not voided.
        assert self._bill(busy, "SO-0003")["FCloseStatus"] == "B"
        assert len(busy.bills()) == 3

    def test_production_and_shipment_come_back_onto_the_order(self, busy: Site) -> None:
        made = self._bill(busy, "SO-0002")["FBillNo"]
        busy.in_erp("advance_production", order_number=made, to="finished")
        busy.in_erp("ship", order_number=made, carriage_no="SF1")
        busy.sync()
        stage, waybill, shipped = (self._order(busy, "SO-0002").get(n) for n in self.progress)
        assert (stage, waybill) == ("已发货", "SF1")
        assert shipped

    def _order(self, site: Site, number: str) -> dict[str, Any]:
        """An order as the CRM holds it."""
        orders = site.crm.records(self.order)
        return next(one for one in orders if one[self.number] == number)

    def _bill(self, site: Site, number: str) -> dict[str, Any]:
        """The one bill that carries our mark of an order."""
        key = str(self._order(site, number)["id"])
        [found] = [one for one in site.bills() if str(one["F_CRM_Ref"]).endswith(key)]
        return found
