"""EspoCRM, against its sandbox over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.testing import AdapterConformance, Remote
from tests.conformance import espocrm_remote as espocrm


class TestAccounts(AdapterConformance):
    sample = espocrm.ACCOUNTS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with espocrm.Accounts.running(self.sample) as made:
            yield made


class TestOrders(AdapterConformance):
    sample = espocrm.ORDERS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with espocrm.Orders.running(self.sample) as made:
            yield made


class TestOpportunities(AdapterConformance):
    sample = espocrm.DEALS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with espocrm.Deals.running(self.sample) as made:
            yield made


class TestStock(AdapterConformance):
    sample = espocrm.STOCKS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with espocrm.Stocks.running(self.sample) as made:
            yield made
