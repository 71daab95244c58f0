"""Chanjet T+Cloud, against its sandbox over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.testing import AdapterConformance, Remote
from tests.conformance import tplus_remote as tplus


class TestOrders(AdapterConformance):
    sample = tplus.ORDERS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with tplus.Orders.running(self.sample) as made:
            yield made


class TestCustomers(AdapterConformance):
    sample = tplus.CUSTOMERS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with tplus.Customers.running(self.sample) as made:
            yield made


class TestStock(AdapterConformance):
    sample = tplus.STOCK

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with tplus.Inventory.running(self.sample) as made:
            yield made
