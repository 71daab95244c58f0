"""The database that stands for an ERP, once for all tests of a process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.sql_remote import Erp


@pytest.fixture(scope="session")
def erp(postgresql: str) -> Iterator[Erp]:
    made = Erp(postgresql)
    yield made
    made.close()
