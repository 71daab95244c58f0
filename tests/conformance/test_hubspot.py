"""HubSpot, against its sandbox over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.testing import AdapterConformance, Remote
from tests.conformance import hubspot_remote as hubspot


class TestCompanies(AdapterConformance):
    sample = hubspot.COMPANIES

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with hubspot.Companies.running(self.sample) as made:
            yield made


class TestDeals(AdapterConformance):
    sample = hubspot.DEALS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with hubspot.Deals.running(self.sample) as made:
            yield made


class TestCustomObject(AdapterConformance):
    sample = hubspot.STOCKS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with hubspot.Stocks.running(self.sample) as made:
            yield made


class TestUsers(AdapterConformance):
    sample = hubspot.USERS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with hubspot.Users.running(self.sample) as made:
            yield made
