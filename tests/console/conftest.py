"""An office on each kind of store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.console.factory import Office, office


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
