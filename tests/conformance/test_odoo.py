"""Odoo, against its sandbox over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.testing import AdapterConformance, Remote
from tests.conformance import odoo_remote as odoo


class TestOrders(AdapterConformance):
    sample = odoo.ORDERS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with odoo.Orders.running(self.sample) as made:
            yield made


class TestOrdersOverXmlRpc(AdapterConformance):
    sample = odoo.ORDERS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with odoo.OlderOrders.running(self.sample) as made:
            yield made


class TestCustomersOverJsonRpc(AdapterConformance):
    sample = odoo.CUSTOMERS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with odoo.OlderCustomers.running(self.sample) as made:
            yield made


class TestStock(AdapterConformance):
    sample = odoo.QUANTITIES

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with odoo.Quantities.running(self.sample) as made:
            yield made
