"""Kingdee Cloud Galaxy, against its sandbox over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.testing import AdapterConformance, Remote
from tests.conformance import kingdee_remote as kingdee


class TestOrders(AdapterConformance):
    sample = kingdee.ORDERS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with kingdee.Orders.running(self.sample) as made:
            yield made


class TestCustomers(AdapterConformance):
    sample = kingdee.CUSTOMERS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with kingdee.Customers.running(self.sample) as made:
            yield made


class TestStock(AdapterConformance):
    sample = kingdee.STOCK

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with kingdee.Inventory.running(self.sample) as made:
            yield made
