"""A small company in a YonBIP sandbox, orders to write into it, and what came of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from adapters.yonyou_yonbip import YonyouYonBip
from adapters.yonyou_yonbip.settings import YonyouYonBipSettings
from connector.clock import SystemClock
from connector.contract import RowWrite, Shape, Table, TableWrite, Write, Written
from connector.http import Http
from sandbox.company.model import Company
from sandbox.server import start
from sandbox.yonyou_yonbip import YonBipSandbox
from tests.conformance.yonyou_remote import COMPANY, MARK, ORDER, ORDER_SHAPE, ROWS, order, row

CHANGE = "SCC/voucherorderchange"
SHAPE = replace(
    ORDER_SHAPE,
    fields=("memo", "payMoney"),
    tables={ROWS: Table("id", ("productCode", "qty", "oriSum"))},
)
LISTED = Shape(
    ORDER, ("id",), ("payMoney",), "code", {ROWS: Table("id", ("productId", "qty", "oriSum"))}
)


@dataclass
class Site:
    """The sandbox and an adapter that speaks to it."""

    server: YonBipSandbox
    url: str
    erp: YonyouYonBip
    made: list[YonyouYonBip] = field(default_factory=list)

    def connect(self, **settings: Any) -> YonyouYonBip:
        """Another adapter, with other settings."""
        adapter = connected(self.server, self.url, **settings)
        self.made.append(adapter)
        return adapter

    def people(self, name: str, /, **arguments: Any) -> Any:
        with self.server.lock:
            return self.server.people()[name](**arguments)

    def fail(self, **rule: Any) -> None:
        self.server.faults.set([rule])

    def order(self, tag: str = "UO-1", until: str = "audited", **more: Any) -> Written:
        return self.erp.write(new(tag, until=until, **more))

    def orders(self) -> list[dict[str, Any]]:
        return self.server.records(ORDER)

    def shown(self, key: str) -> dict[str, Any]:
        return next(one for one in self.orders() if str(one["id"]) == key)

    def requests(self, *operations: str) -> list[str]:
        """The operations that arrived, of these or of all kinds."""
        arrived = [one.operation for one in self.server.ledger if one.kind == "request"]
        return [one for one in arrived if not operations or one in operations]


def new(tag: str = "UO-1", until: str = "audited", **more: Any) -> Write:
    return replace(order(tag), until=until, show=SHAPE, **more)


def change(written: Written, until: str = "audited", **more: Any) -> Write:
    """A change of a known order; rows by the lines `a` and `b`."""
    bare = Write(ORDER, written.key, {}, number="code", until=until, show=SHAPE)
    return replace(bare, **more)


def resized(written: Written, line: str, quantity: int) -> RowWrite:
    """A line of ours with another quantity, its amounts with it."""
    made = row(line)
    shares = {
        name: value * quantity / 10
        for name, value in made.fields.items()
        if isinstance(value, Decimal) and "Price" not in name.rpartition(".")[2]
    }
    return RowWrite(line, written.line_keys[ROWS][line], shares)


def rows(*given: RowWrite, drop: Sequence[str] = ()) -> Mapping[str, TableWrite]:
    return {ROWS: TableWrite(given, drop)}


def connected(server: YonBipSandbox, url: str, **settings: Any) -> YonyouYonBip:
    stated, env = server.settings(url)
    secrets = {f"${{env:{name}}}": value for name, value in env.items()}
    known = {name: secrets.get(str(value), value) for name, value in stated.items()}
    made = YonyouYonBipSettings.model_validate({**known, "timeout": 10, **settings})
    return YonyouYonBip(made, Http(made, SystemClock()), SystemClock())


@contextmanager
def opened(company: Company = COMPANY, **settings: Any) -> Iterator[Site]:
    server = YonBipSandbox(company)
    url, stop = start(server)
    site = Site(server, url, connected(server, url, **settings))
    try:
        yield site
    finally:
        for adapter in (site.erp, *site.made):
            adapter.http.close()  # type: ignore[attr-defined]
        stop()


__all__ = ["CHANGE", "LISTED", "MARK", "ORDER", "ROWS", "SHAPE", "Site", "row"]
