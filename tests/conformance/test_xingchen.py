"""Kingdee Xingchen, against its sandbox over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.testing import AdapterConformance, Remote
from tests.conformance import xingchen_remote as xingchen


class TestOrders(AdapterConformance):
    sample = xingchen.ORDERS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with xingchen.Orders.running(self.sample) as made:
            yield made


class TestCustomers(AdapterConformance):
    sample = xingchen.CUSTOMERS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with xingchen.Customers.running(self.sample) as made:
            yield made


class TestStock(AdapterConformance):
    sample = xingchen.STOCK

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with xingchen.Inventory.running(self.sample) as made:
            yield made
