"""Yonyou U8+, against its sandbox over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.testing import AdapterConformance, Remote
from tests.conformance import u8_remote as u8


class TestOrders(AdapterConformance):
    sample = u8.ORDERS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with u8.Orders.running(self.sample) as made:
            yield made


class TestCustomers(AdapterConformance):
    sample = u8.CUSTOMERS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with u8.Customers.running(self.sample) as made:
            yield made


class TestStock(AdapterConformance):
    sample = u8.STOCK

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with u8.Inventory.running(self.sample) as made:
            yield made
