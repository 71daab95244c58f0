"""A Kingdee server in this process, filled from a small company."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from kingdee_world import COMPANY, Client

from sandbox.company.model import Company
from sandbox.kingdee_galaxy import KingdeeGalaxySandbox


@pytest.fixture
def company() -> Company:
    return COMPANY


@pytest.fixture
def server(company: Company) -> KingdeeGalaxySandbox:
    return KingdeeGalaxySandbox(company)


@pytest.fixture
def client(server: KingdeeGalaxySandbox) -> Client:
    return Client(server)


@pytest.fixture
def people(server: KingdeeGalaxySandbox) -> Callable[..., Any]:
    """`people("audit", number=…)`."""

    def do(function: str, /, **arguments: Any) -> Any:
        return server.people()[function](**arguments)

    return do
