"""A small company in a U8 sandbox, orders to write into it, and what came of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.yonyou_u8 import YonyouU8
from adapters.yonyou_u8.settings import YonyouU8Settings
from connector.contract import RowWrite, Shape, Table, TableWrite, Write, Written
from connector.http import Http
from connector.testing import SkippingClock
from sandbox.company.model import Company
from sandbox.ledger import Entry
from sandbox.server import from_json, start
from sandbox.yonyou_u8 import U8Sandbox
from tests.conformance.u8_remote import COMPANY, CUSTOMER, MARK, ORDER, ROWS, customer, order, row

SHAPE = Shape(
    ORDER,
    ("code",),
    ("memo", "state"),
    "code",
    {ROWS: Table("rowno", ("inventorycode", "quantity", "sum"))},
)
BY_PEOPLE = ("edit", "change_bill")


@dataclass
class Site:
    """The sandbox and an adapter that speaks to it."""

    server: U8Sandbox
    url: str
    erp: YonyouU8
    made: list[YonyouU8] = field(default_factory=list)

    def connect(self, **settings: Any) -> YonyouU8:
        """Another adapter, with other settings."""
        adapter = connected(self.server, self.url, **settings)
        self.made.append(adapter)
        return adapter

    def people(self, name: str, /, **arguments: Any) -> Any:
        with self.server.lock:
            return self.server.people()[name](**arguments)

    def fail(self, **rule: Any) -> None:
        self.server.faults.set([rule])

    def order(self, tag: str = "SO-1", until: str = "audited", **more: Any) -> Written:
        return self.erp.write(new(tag, until=until, **more))

    def orders(self) -> list[dict[str, Any]]:
        return self.server.records(ORDER)

    def shown(self, key: str = "SO-1") -> dict[str, Any]:
        return next(one for one in self.orders() if one["code"] == key)

    def requests(self, *operations: str) -> list[str]:
        """The operations that arrived, of these or of all kinds."""
        arrived = [one.operation for one in self.server.ledger if one.kind == "request"]
        return [one for one in arrived if not operations or one in operations]

    def commits(self, form: str = ORDER) -> list[Entry]:
        return [
            one
            for one in self.server.ledger
            if one.kind == "commit" and one.by == "api" and one.form == form
        ]

    def heard(self, operation: str) -> list[tuple[dict[str, str], Any]]:
        """Query and body of what is called from now on."""
        heard: list[tuple[dict[str, str], Any]] = []
        answer = self.server.answer

        def listen(request: Any, called: str, form: str) -> Any:
            if called == operation:
                heard.append((request.query, from_json(request.body) if request.body else None))
            return answer(request, called, form)

        self.server.answer = listen  # type: ignore[method-assign]
        return heard


def new(tag: str = "SO-1", until: str = "audited", **more: Any) -> Write:
    return replace(order(tag), until=until, show=SHAPE, **more)


def change(written: Written, until: str = "audited", **more: Any) -> Write:
    """A change of a known order; rows by the lines `a` and `b`."""
    bare = Write(ORDER, written.key, {}, number="code", until=until, show=SHAPE)
    return replace(bare, **{"on_change": BY_PEOPLE, **more})


def rows(*given: RowWrite, drop: Sequence[str] = ()) -> Mapping[str, TableWrite]:
    return {ROWS: TableWrite(given, drop)}


def connected(server: U8Sandbox, url: str, **settings: Any) -> YonyouU8:
    stated, env = server.settings(url)
    secrets = {f"${{env:{name}}}": value for name, value in env.items()}
    known = {name: secrets.get(str(value), value) for name, value in stated.items()}
    made = YonyouU8Settings.model_validate({**known, "timeout": 10, **settings})
    clock = SkippingClock()
    return YonyouU8(made, Http(made, clock), clock)


@contextmanager
def opened(company: Company = COMPANY, **settings: Any) -> Iterator[Site]:
    server = U8Sandbox(company)
    url, stop = start(server)
    site = Site(server, url, connected(server, url, **settings))
    try:
        yield site
    finally:
        for adapter in (site.erp, *site.made):
            adapter.http.close()  # type: ignore[attr-defined]
        stop()


__all__ = ["BY_PEOPLE", "CUSTOMER", "MARK", "ORDER", "ROWS", "SHAPE", "Site", "customer", "row"]
