"""A database, against a real PostgreSQL and against SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connector.testing import AdapterConformance, Remote
from connector.testing.reading import ReadingAll, ReadingChanges
from connector.testing.steps import Steps
from connector.testing.writing import Writing
from tests.conformance import sql_remote as databases
from tests.conformance.sqlite_remote import SqliteBills


class TestBills(AdapterConformance):
    sample = databases.BILLS

    @pytest.fixture
    def remote(self, erp: databases.Erp) -> Iterator[Remote]:
        with databases.Bills.running(erp) as made:
            yield made


class TestBillsThatTheErpImports(Steps, Writing):
    """How records are written of which a program of the ERP takes its own."""

    sample = databases.BILLS

    @pytest.fixture
    def remote(self, erp: databases.Erp) -> Iterator[Remote]:
        with databases.ImportedBills.running(erp) as made:
            yield made


class TestBillsByVersion(ReadingAll, ReadingChanges):
    """How records are read that carry a number which only grows."""

    sample = databases.BILLS

    @pytest.fixture
    def remote(self, erp: databases.Erp) -> Iterator[Remote]:
        with databases.VersionedBills.running(erp) as made:
            yield made


# SQLAlchemy closes no cursor of a connection that broke, and psycopg says so.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
class TestStock(AdapterConformance):
    sample = databases.STOCK

    @pytest.fixture
    def remote(self, erp: databases.Erp) -> Iterator[Remote]:
        with databases.Stock.running(erp) as made:
            yield made


class TestBillsInSqlite(AdapterConformance):
    sample = replace(databases.BILLS, refusal="CHECK constraint failed")

    @pytest.fixture
    def remote(self, tmp_path: Path) -> Iterator[Remote]:
        made = SqliteBills(tmp_path)
        yield made
        made.stop()
