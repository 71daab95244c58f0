"""Salesforce, against its sandbox over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.testing import AdapterConformance, Remote
from tests.conformance import salesforce_remote as salesforce


class TestAccounts(AdapterConformance):
    sample = salesforce.ACCOUNTS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with salesforce.Accounts.running(self.sample) as made:
            yield made


class TestOrders(AdapterConformance):
    sample = salesforce.ORDERS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with salesforce.Orders.running(self.sample) as made:
            yield made


class TestCustomObject(AdapterConformance):
    sample = salesforce.STOCKS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with salesforce.Stocks.running(self.sample) as made:
            yield made
