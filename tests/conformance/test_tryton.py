"""Tryton, a real one, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.testing import AdapterConformance, Remote
from connector.testing.finding import Finding
from connector.testing.reading import ReadingAll
from tests.conformance import tryton_remote as tryton


class TestSales(AdapterConformance):
    sample = tryton.SALES

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with tryton.Sales.running(self.sample) as made:
            yield made


class TestParties(Finding):
    """What is peculiar to them: our mark is in a row of its own."""

    sample = tryton.PARTIES

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with tryton.Parties.running(self.sample) as made:
            yield made


class TestStocks(ReadingAll):
    """What is peculiar to it: it is reckoned, and read whole."""

    sample = tryton.STOCKS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with tryton.Stocks.running(self.sample) as made:
            yield made
