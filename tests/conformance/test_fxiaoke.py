"""Fxiaoke, against its sandbox over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.testing import AdapterConformance, Remote
from tests.conformance import fxiaoke_remote as fxiaoke


class TestAccounts(AdapterConformance):
    sample = fxiaoke.ACCOUNTS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with fxiaoke.Accounts.running(self.sample) as made:
            yield made


class TestOrders(AdapterConformance):
    sample = fxiaoke.ORDERS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with fxiaoke.Orders.running(self.sample) as made:
            yield made


class TestCustomObject(AdapterConformance):
    sample = fxiaoke.STOCKS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with fxiaoke.Stocks.running(self.sample) as made:
            yield made
