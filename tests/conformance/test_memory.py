"""The reference adapter, in every setting it has."""

from __future__ import annotations

import pytest

from connector.testing import AdapterConformance, Remote
from tests.conformance.memory_remote import BILLS, TOTALS, MemoryRemote


class TestPlainBills(AdapterConformance):
    sample = BILLS

    @pytest.fixture
    def remote(self) -> Remote:
        return MemoryRemote()


class TestBillsWithSteps(AdapterConformance):
    sample = BILLS

    @pytest.fixture
    def remote(self) -> Remote:
        return MemoryRemote(stepped=("bill",))


class TestBillsReadWhole(AdapterConformance):
    sample = TOTALS

    @pytest.fixture
    def remote(self) -> Remote:
        return MemoryRemote(full=("bill",), stepped=("bill",))


class TestBillsThatCannotBeSearched(AdapterConformance):
    sample = BILLS

    @pytest.fixture
    def remote(self) -> Remote:
        return MemoryRemote(search=False)


class TestBillsOneAtATime(AdapterConformance):
    sample = TOTALS

    @pytest.fixture
    def remote(self) -> Remote:
        return MemoryRemote(batch=1)
