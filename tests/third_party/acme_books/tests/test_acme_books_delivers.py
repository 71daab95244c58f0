"""A site whose ERP is Acme Books: the whole product, an adapter from outside, a real server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from books_server import PASSWORD, USER, Books, running

from adapters.memory import World
from connector.app import App

CONFIG = """
store: sqlite:///connector.db
language: en
health: ""
connections:
  crm: {{adapter: memory, world: acme-crm, base_url: https://memory.invalid}}
  books:
    adapter: acme_books
    base_url: {url}
    user: {user}
    password: "${{env:ACME_PASSWORD}}"
    allow_insecure_http: [127.0.0.1]
    timeout: 5
    settle: 200
flows:
  products: {{object: material, from: crm, pair: number}}
  items: {{object: material, from: books, pair: number}}
  orders: {{object: sales_order, from: crm, to: books, when: 'status == "confirmed"'}}
"""

CRM = {
    "material": """
object: material
form: product
key: id
number: code
read: {name: name}
""",
    "sales_order": """
object: sales_order
form: order
key: id
number: number
read:
  customer: customer
  order_date: date
  status: status
  special_terms: note
  lines:
    each: lines
    key: id
    fields: {material: product, quantity: qty, price_with_tax: price, amount_with_tax: amount,
             kind: {value: goods}}
""",
}
MAPPINGS = Path(__file__).parents[1] / "mappings" / "acme_books"


class Clock:
    """Time that only the test moves."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class Site:
    app: App
    clock: Clock
    crm: World
    books: Books

    def order(self, **fields: Any) -> None:
        line = {"id": "1", "product": "p1", "qty": 2, "price": "10.05", "amount": "20.10"}
        order = {"number": "SO-1", "customer": "c1", "date": "2026-11-20", "status": "confirmed"}
        self.crm.put("order", {**order, "lines": [line], **fields}, "o1")

    def sync(self) -> Any:
        return self.app.sync()

    def flow(self) -> Any:
        return self.app.status()["flows"]["orders"]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("ACME_PASSWORD", PASSWORD)
    for name, text in CRM.items():
        file = tmp_path / "mappings" / "crm" / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    shutil.copytree(MAPPINGS, tmp_path / "mappings" / "acme_books")
    crm, clock = World("acme-crm"), Clock()
    monkeypatch.setitem(World._named, "acme-crm", crm)
    crm.put("product", {"code": "M1", "name": "Gear"}, "p1")
    with running() as (books, url):
        books.items["i1"] = {"id": "i1", "code": "M1", "name": "Gear", "unit": "Pcs"}
        path = tmp_path / "config.yaml"
        path.write_text(CONFIG.format(url=url, user=USER), encoding="utf-8")
        app = App.open(path, clock)
        made = Site(app, clock, crm, books)
        try:
            yield made
        finally:
            for connection in app.system.connections.values():
                close: Callable[[], None] = getattr(connection.adapter.http, "close", lambda: None)
                close()
            app.close()


def test_an_order_becomes_a_bill(site: Site) -> None:
    site.order(note="express")
    assert site.sync()["errors"] == {}
    (bill,) = site.books.bills.values()
    assert (bill["no"], bill["memo"], bill["total"]) == ("SO-1", "express", Decimal("20.10"))
    assert bill["rows"][0]["item"] == "M1"
    assert site.flow()["states"] == {"in_sync": 1}


def test_a_change_of_the_order_changes_the_bill(site: Site) -> None:
    site.order()
    site.sync()
    site.order(note="by Friday")
    site.sync()
    (bill,) = site.books.bills.values()
    assert (bill["memo"], len(bill["rows"])) == ("by Friday", 1)


def test_status_says_that_a_lost_answer_cannot_be_looked_up(site: Site) -> None:
    assert site.flow()["class"] == "C"
    assert site.flow()["promise"]


def test_a_lost_answer_waits_for_a_person_and_makes_no_second_bill(site: Site) -> None:
    site.order()
    site.books.trouble = ["lose", 0, 1]
    site.sync()
    for _ in range(3):
        site.clock.sleep(3600)
        site.sync()
    assert len(site.books.bills) == 1
    assert site.flow()["reasons"] == {"stopped/unknown": 1}
    (failure,) = site.app.failures()
    assert (failure["number"], failure["reason"]) == ("SO-1", "unknown")


def test_a_refusal_comes_with_the_words_of_acme_books(site: Site) -> None:
    site.order(note="x" * 61)
    site.sync()
    (failure,) = site.app.failures()
    assert "the memo is too long" in failure["remote"]
    assert site.books.bills == {}


def test_check_names_the_company(site: Site) -> None:
    (entry,) = (e for e in site.app.check(offline=False) if e["connection"] == "books")
    assert (entry["ok"], entry["tenant"]) == (True, "ACME-1")
