"""A small company in a Xingchen sandbox, orders to write into it, and what came of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.kingdee_xingchen import KingdeeXingchen
from adapters.kingdee_xingchen.settings import KingdeeXingchenSettings
from connector.clock import SystemClock
from connector.contract import RowWrite, Table, TableWrite, Write, Written
from connector.http import Http
from sandbox.company.model import Company
from sandbox.kingdee_xingchen import XingchenSandbox
from sandbox.server import from_json, start
from tests.conformance.xingchen_remote import COMPANY, ORDER, ORDER_SHAPE, ROWS, order, row

SHAPE = replace(
    ORDER_SHAPE,
    fields=("remark", "total_amount"),
    tables={ROWS: Table("id", ("material_id", "qty", "all_amount"))},
)


@dataclass
class Site:
    """The sandbox and an adapter that speaks to it."""

    server: XingchenSandbox
    url: str
    erp: KingdeeXingchen
    made: list[KingdeeXingchen] = field(default_factory=list)

    def connect(self, **settings: Any) -> KingdeeXingchen:
        """Another adapter, with other settings."""
        adapter = connected(self.server, self.url, **settings)
        self.made.append(adapter)
        return adapter

    def people(self, name: str, /, **arguments: Any) -> Any:
        with self.server.lock:
            return self.server.people()[name](**arguments)

    def fail(self, **rule: Any) -> None:
        self.server.faults.set([rule])

    def order(self, tag: str = "crm:1", until: str = "audited", **more: Any) -> Written:
        return self.erp.write(new(tag, until=until, **more))

    def orders(self) -> list[dict[str, Any]]:
        return self.server.records(ORDER)

    def shown(self, key: str) -> dict[str, Any]:
        return next(one for one in self.orders() if one["id"] == key)

    def requests(self, *operations: str) -> list[str]:
        """The operations that arrived, of these or of all kinds."""
        arrived = [one.operation for one in self.server.ledger if one.kind == "request"]
        return [one for one in arrived if not operations or one in operations]

    def heard(self) -> list[Any]:
        """The requests that arrive from now on."""
        heard: list[Any] = []
        answer = self.server.answer

        def listen(request: Any, operation: str, form: str) -> Any:
            heard.append(request)
            return answer(request, operation, form)

        self.server.answer = listen  # type: ignore[method-assign]
        return heard


def new(tag: str = "crm:1", until: str = "audited", **more: Any) -> Write:
    return replace(order(tag), until=until, show=SHAPE, **more)


def change(written: Written, until: str = "audited", **more: Any) -> Write:
    """A change of a known order; rows by the lines `a` and `b`."""
    bare = Write(ORDER, written.key, {}, number="bill_no", until=until, show=SHAPE)
    return replace(bare, **more)


def resized(written: Written, line: str, quantity: int) -> RowWrite:
    return RowWrite(line, written.line_keys[ROWS][line], {"qty": quantity})


def rows(*given: RowWrite, drop: Sequence[str] = ()) -> Mapping[str, TableWrite]:
    return {ROWS: TableWrite(given, drop)}


def connected(server: XingchenSandbox, url: str, **settings: Any) -> KingdeeXingchen:
    stated, env = server.settings(url)
    secrets = {f"${{env:{name}}}": value for name, value in env.items()}
    known = {name: secrets.get(str(value), value) for name, value in stated.items()}
    made = KingdeeXingchenSettings.model_validate({**known, "timeout": 10, **settings})
    return KingdeeXingchen(made, Http(made, SystemClock()), SystemClock())


@contextmanager
def opened(company: Company = COMPANY, **settings: Any) -> Iterator[Site]:
    server = XingchenSandbox(company)
    url, stop = start(server)
    site = Site(server, url, connected(server, url, **settings))
    try:
        yield site
    finally:
        for adapter in (site.erp, *site.made):
            adapter.http.close()  # type: ignore[attr-defined]
        stop()


__all__ = ["ORDER", "ROWS", "SHAPE", "Site", "from_json", "row"]
