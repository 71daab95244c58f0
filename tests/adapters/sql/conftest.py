"""A PostgreSQL with bills in it, and the adapter that speaks to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.sql_remote import Bills, Erp, ImportedBills


@pytest.fixture(scope="session")
def erp(postgresql: str) -> Iterator[Erp]:
    made = Erp(postgresql, "peculiar")
    yield made
    made.close()


class OwnBills(Bills):
    """In tables that a test may alter."""

    stays = False


@pytest.fixture
def bills(erp: Erp) -> Iterator[Bills]:
    with OwnBills.running(erp) as made:
        yield made


@pytest.fixture
def imported(erp: Erp) -> Iterator[ImportedBills]:
    """The same, of which the ERP's own program takes what is ready: here the test itself."""
    with ImportedBills.running(erp) as made:
        made.ask("drop trigger d on bill")
        yield made
