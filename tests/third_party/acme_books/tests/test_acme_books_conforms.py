"""The adapter against the connector's conformance suite."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from books_remote import BILLS, ITEMS, Bills, Items
from books_server import running

from connector.testing import AdapterConformance, Remote


class TestBills(AdapterConformance):
    sample = BILLS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with running() as server:
            yield Bills(*server)


class TestItems(AdapterConformance):
    sample = ITEMS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with running() as server:
            yield Items(*server)
