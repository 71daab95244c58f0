"""The org, a client in this process, and one over sockets that others wrote."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from requests import Session
from requests.adapters import HTTPAdapter
from salesforce_org import Client, company

from sandbox.salesforce import SalesforceSandbox
from sandbox.server import start

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from simple_salesforce import Salesforce


@pytest.fixture
def sandbox() -> SalesforceSandbox:
    return SalesforceSandbox(company())


@pytest.fixture
def crm(sandbox: SalesforceSandbox) -> Client:
    client = Client(sandbox)
    client.log_in()
    return client


class Rewriting(HTTPAdapter):
    """Whatever host is meant, the sandbox answers, without TLS: the witness speaks https alone."""

    url = ""

    def send(self, request: Any, *args: Any, **more: Any) -> Any:
        request.url = re.sub("^https://[^/]+", self.url, request.url)
        return super().send(request, *args, **more)


@pytest.fixture
def session(sandbox: SalesforceSandbox) -> Iterator[Session]:
    adapter = Rewriting()
    adapter.url, stop = start(sandbox)
    with Session() as made:
        made.mount("https://", adapter)
        yield made
    stop()


@pytest.fixture
def witness(session: Session, crm: Client) -> Any:
    """simple-salesforce, a client that we did not write, over real sockets."""
    token = crm.headers["authorization"].removeprefix("Bearer ")
    return Salesforce(instance="acme", session_id=token, session=session, version="62.0")
