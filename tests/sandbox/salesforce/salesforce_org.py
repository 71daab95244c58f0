"""A small org in this process, and a client that needs no socket."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from sandbox.company.model import Company, Customer, Material
from sandbox.salesforce import SalesforceSandbox
from sandbox.salesforce.auth import CONSUMER_KEY, CONSUMER_SECRET
from sandbox.server import Request, from_json, to_json

ROOT = "/services/data/v62.0"


def company() -> Company:
    return Company(
        name="测试公司",
        customers=(Customer(number="C1", name="甲公司"), Customer(number="C2", name="O'Brien")),
        materials=tuple(
            Material(number=f"P{n}", name=f"产品{n}", list_price=Decimal(n)) for n in (1, 2)
        ),
    )


class Client:
    """Speaks the protocol with a sandbox in this process."""

    def __init__(self, sandbox: SalesforceSandbox) -> None:
        self.sandbox = sandbox
        self.headers: dict[str, str] = {}
        self.status = 0

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer's JSON; its status stays in `status`."""
        sent = to_json(body) if body is not None else b""
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(method, path, {**self.headers, **extra}, sent)
        response = self.sandbox.handle(request)
        self.status, self.told = response.status, response.headers
        return from_json(response.body) if response.body else None

    def log_in(self, **form: str) -> Any:
        usual = {"grant_type": "client_credentials", "client_id": CONSUMER_KEY}
        form = form or {**usual, "client_secret": CONSUMER_SECRET}
        request = Request("POST", "/services/oauth2/token", {}, urlencode(form).encode())
        response = self.sandbox.handle(request)
        self.status, answer = response.status, from_json(response.body)
        self.headers = {"authorization": f"Bearer {answer.get('access_token')}"}
        return answer

    def query(self, text: str, kind: str = "query") -> Any:
        return self.send("GET", f"{ROOT}/{kind}?{urlencode({'q': text})}")

    def names(self, where: str, form: str = "Account", name: str = "Name") -> list[Any]:
        found = self.query(f"SELECT {name} FROM {form} WHERE {where} ORDER BY Id")
        return [record[name] for record in found["records"]]

    def refused(self, text: str) -> str:
        [error] = self.query(text)
        return str(error["errorCode"])

    def collect(self, method: str, *records: dict[str, Any], **headers: str) -> Any:
        body = {"allOrNone": False, "records": records}
        return self.send(method, f"{ROOT}/composite/sobjects", body, **headers)


def account(**fields: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Account"}, **fields}
