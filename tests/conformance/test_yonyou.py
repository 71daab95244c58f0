"""Yonyou YonBIP, against its sandbox over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.testing import AdapterConformance, Remote
from tests.conformance import yonyou_remote as yonyou


class TestOrders(AdapterConformance):
    sample = yonyou.ORDERS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with yonyou.Orders.running(self.sample) as made:
            yield made


class TestCustomers(AdapterConformance):
    sample = yonyou.CUSTOMERS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with yonyou.Customers.running(self.sample) as made:
            yield made


class TestStock(AdapterConformance):
    sample = yonyou.STOCK

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with yonyou.Inventory.running(self.sample) as made:
            yield made
