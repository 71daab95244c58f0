"""A small company in a Neocrm sandbox, and a client of it."""

from __future__ import annotations

import pytest
from neocrm_client import Client

from sandbox.company.model import Company, Customer, Material
from sandbox.neocrm import NeocrmSandbox


@pytest.fixture
def crm() -> Client:
    customers = tuple(Customer(number=f"C{n}", name=f"客户{n}") for n in range(1, 6))
    materials = (Material(number="P1", name="减速机"),)
    made = Client(NeocrmSandbox(Company(name="测试", customers=customers, materials=materials)))
    made.log_in()
    return made
