"""An office on each kind of store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from argon2 import PasswordHasher

from connector.operations import accounts
from tests.console.factory import Office, office


@pytest.fixture(scope="session", autouse=True)
def costly() -> Iterator[PasswordHasher]:
    """How the product hashes passwords: a tenth of a second, twice for everybody who comes in.
    Tests do it at less."""
    made, quick = accounts._HASHER, PasswordHasher(time_cost=1, memory_cost=64)
    with mock.patch.object(accounts, "_HASHER", quick):
        yield made


@pytest.fixture
def desk(tmp_path: Path, store_url: str) -> Iterator[Office]:
    with office(tmp_path, store_url) as made:
        yield made.start()


@pytest.fixture
def strict(desk: Office) -> Office:
    """The ERP refuses what it is told to."""

    def against(fields: Any) -> str:
        return "备注不合规 <b>bad</b>" if fields.get("note") == "bad" else ""

    desk.site.erp.rules["bill"] = against
    return desk
