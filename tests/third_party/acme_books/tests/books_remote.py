"""Acme Books for the conformance suite: people, faults, and how bills and items look."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from acme_books import AcmeBooks
from acme_books.adapter import AcmeBooksSettings
from books_server import PASSWORD, USER, Books

from connector.contract import Adapter, RowWrite, Shape, Table, TableWrite, Write
from connector.http import Http
from connector.testing import Remote, Sample, SkippingClock

BILL = Shape("bill", ("id",), ("memo", "total"), "no", {"rows": Table("id", ("item", "amount"))})
ITEM = Shape("item", ("id",), ("name", "price"), "code")


def row(line: str) -> RowWrite:
    return RowWrite(line, "", {"item": "A", "amount": Decimal("10.50")})


def bill(tag: str) -> Write:
    rows = TableWrite([row("a"), row("b")])
    return Write("bill", "", {"no": tag}, {"rows": rows}, number="no", show=BILL)


def too_long(tag: str) -> Write:
    return replace(bill(tag), fields={"no": tag, "memo": "x" * 61})


BILLS = Sample(
    shape=BILL,
    text="memo",
    new=bill,
    row=row,
    refused=too_long,
    refusal="the memo is too long",
    amount="rows/amount",
)
ITEMS = Sample(shape=ITEM, text="name", amount="price")


class BooksRemote(Remote):
    def __init__(self, books: Books, url: str) -> None:
        self.books = books
        self._url = url

    def connect(self, **settings: Any) -> Adapter:
        stated = {
            "adapter": "acme_books",
            "base_url": self._url,
            "user": USER,
            "password": PASSWORD,
            "allow_insecure_http": ("127.0.0.1",),
            **settings,
        }
        known, clock = AcmeBooksSettings.model_validate(stated), SkippingClock()
        return AcmeBooks(known, Http(known, clock), clock)

    def stranger(self) -> Adapter:
        return self.connect(password="guessed-by-a-stranger")

    def answer_status(self, status: int, after: int = 0) -> None:
        self.books.trouble = [str(status), after, 10_000]

    def answer_html(self) -> None:
        self.books.trouble = ["html", 0, 10_000]

    def drop_request(self) -> None:
        self.books.trouble = ["drop", 0, 1]

    def lose_answer(self) -> None:
        self.books.trouble = ["lose", 0, 1]

    def garble_answer(self) -> None:
        self.books.trouble = ["garble", 0, 1]

    def heal(self) -> None:
        self.books.trouble = ["", 0, 0]

    def end_session(self) -> None:
        self.books.sessions.clear()


class Bills(BooksRemote):
    def held(self) -> Mapping[str, Mapping[str, Any]]:
        with self.books.lock:
            bills = copy.deepcopy(self.books.bills)
        return {key: {n: v for n, v in bill.items() if n != "seq"} for key, bill in bills.items()}

    def add(self, number: str = "") -> str:
        with self.books.lock:
            key = self.books.next_id()
            rows = [{"id": self.books.next_id(), "item": "A", "amount": Decimal(3)}]
            self.books.put(key, {"no": number or f"P{key}", "rows": rows})
        return key

    def add_together(self, count: int) -> Sequence[str]:
        return [self.add() for _ in range(count)]

    def edit(self, key: str, field: str, value: Any) -> None:
        table, _, name = field.rpartition("/")
        with self.books.lock:
            if table:
                first, *others = copy.deepcopy(self.books.bills[key][table])
                self.books.put(key, {table: [{**first, name: value}, *others]})
            else:
                self.books.put(key, {field: value})

    def delete(self, key: str) -> None:
        with self.books.lock:
            del self.books.bills[key]

    def saves(self) -> int:
        return self.books.writes

    def is_cancelled(self, key: str) -> bool:
        return bool(self.books.bills[key]["void"])


class Items(BooksRemote):
    def held(self) -> Mapping[str, Mapping[str, Any]]:
        with self.books.lock:
            return copy.deepcopy(self.books.items)

    def add(self, number: str = "") -> str:
        with self.books.lock:
            key = self.books.next_id()
            item = {"id": key, "code": number or f"I{key}", "name": "", "price": Decimal(1)}
            self.books.items[key] = item
        return key

    def edit(self, key: str, field: str, value: Any) -> None:
        with self.books.lock:
            self.books.items[key][field] = value

    def delete(self, key: str) -> None:
        with self.books.lock:
            del self.books.items[key]
