"""Neocrm, against its sandbox over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.testing import AdapterConformance, Remote
from tests.conformance import neocrm_remote as neocrm


class TestAccounts(AdapterConformance):
    sample = neocrm.ACCOUNTS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with neocrm.Accounts.running(self.sample) as made:
            yield made


class TestOrders(AdapterConformance):
    sample = neocrm.ORDERS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with neocrm.Orders.running(self.sample) as made:
            yield made


class TestOrdersAskedPlainly(AdapterConformance):
    sample = neocrm.ORDERS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with neocrm.OrdersAskedPlainly.running(self.sample) as made:
            yield made


class TestCustomObject(AdapterConformance):
    sample = neocrm.STOCKS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with neocrm.Stocks.running(self.sample) as made:
            yield made
