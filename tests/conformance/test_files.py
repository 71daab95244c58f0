"""Files in a folder: what people drop there, as rows, as forms, as CSV, and what we send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from connector.contract import Adapter, FormCapabilities
from connector.testing import AdapterConformance, Remote
from tests.conformance import files_remote as files


class Dropping(AdapterConformance):
    """A form that people drop: what they dropped is answered, and nothing else done with it."""

    sample = files.DROPPED

    def form(self, adapter: Adapter) -> FormCapabilities:
        return replace(super().form(adapter), operations=frozenset({"update"}))


class TestRows(Dropping):
    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with files.Dropped.running() as made:
            yield made


class TestForms(Dropping):
    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with files.AsForms.running() as made:
            yield made


class TestCsv(Dropping):
    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with files.AsCsv.running() as made:
            yield made


class TestSent(AdapterConformance):
    """A form that we send; the second step is others' to take, and proven with their receipts."""

    sample = files.SENT

    def form(self, adapter: Adapter) -> FormCapabilities:
        return replace(super().form(adapter), steps=())

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with files.Imported.running() as made:
            yield made
