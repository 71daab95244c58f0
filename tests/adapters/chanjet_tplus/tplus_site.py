"""A small company in a T+ sandbox, orders to write into it, and what came of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from adapters.chanjet_tplus import ChanjetTPlus
from adapters.chanjet_tplus.settings import ChanjetTPlusSettings
from connector.contract import RowWrite, Shape, Table, TableWrite, Write, Written
from connector.http import Http
from connector.testing import SkippingClock
from sandbox.chanjet_tplus import TPlusSandbox
from sandbox.company.model import Company
from sandbox.server import from_json, start
from tests.conformance.tplus_remote import COMPANY, MARK, ORDER, ROW_KINDS, ROWS, order, row

SHAPE = Shape(
    ORDER,
    ("ID",),
    ("Memo", "LinkMan", "VoucherState.Name"),
    "Code",
    {ROWS: Table("ID", ("Inventory.Code", "Quantity", "OrigTaxAmount"), kinds=ROW_KINDS)},
)
EXPECTED = {f"{ROWS}/a/OrigTaxAmount": (Decimal(113), Decimal(0))}


@dataclass
class Site:
    """The sandbox and an adapter that speaks to it."""

    server: TPlusSandbox
    url: str
    erp: ChanjetTPlus
    made: list[ChanjetTPlus] = field(default_factory=list)

    def connect(self, **settings: Any) -> ChanjetTPlus:
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
        return next(one for one in self.orders() if str(one["ID"]) == key)

    def state(self, key: str) -> str:
        return str(self.shown(key)["VoucherState"]["Name"])

    def requests(self, *operations: str) -> list[str]:
        """The operations that arrived, of these or of all kinds."""
        arrived = [one.operation for one in self.server.ledger if one.kind == "request"]
        return [one for one in arrived if not operations or one in operations]

    def hear(self, operation: str) -> list[Any]:
        """What calls of this kind carry, from now on."""
        heard: list[Any] = []
        answer = self.server.answer

        def listen(request: Any, name: str, form: str) -> Any:
            if name == operation:
                heard.append(from_json(request.body))
            return answer(request, name, form)

        self.server.answer = listen  # type: ignore[method-assign]
        return heard


def new(tag: str = "UO-1", until: str = "audited", **more: Any) -> Write:
    return replace(order(tag), **{"until": until, "show": SHAPE, "expect": EXPECTED, **more})


def change(written: Written, until: str = "audited", **more: Any) -> Write:
    """A change of a known order; rows by the lines `a` and `b`."""
    bare = Write(ORDER, written.key, {}, number="Code", until=until, show=SHAPE)
    return replace(bare, **more)


def resized(written: Written, line: str, quantity: int) -> RowWrite:
    """A line of ours with another quantity, its amount with it."""
    fields = {"Quantity": Decimal(quantity), "OrigTaxAmount": Decimal("11.3") * quantity}
    return RowWrite(line, written.line_keys[ROWS][line], fields)


def rows(*given: RowWrite, drop: Sequence[str] = ()) -> Mapping[str, TableWrite]:
    return {ROWS: TableWrite(given, drop)}


def connected(server: TPlusSandbox, url: str, **settings: Any) -> ChanjetTPlus:
    stated, env = server.settings(url)
    secrets = {f"${{env:{name}}}": value for name, value in env.items()}
    known = {name: secrets.get(str(value), value) for name, value in stated.items()}
    made = ChanjetTPlusSettings.model_validate({**known, "timeout": 10, **settings})
    clock = SkippingClock()
    return ChanjetTPlus(made, Http(made, clock), clock)


@contextmanager
def opened(company: Company = COMPANY, **settings: Any) -> Iterator[Site]:
    server = TPlusSandbox(company)
    url, stop = start(server)
    site = Site(server, url, connected(server, url, **settings))
    try:
        yield site
    finally:
        for adapter in (site.erp, *site.made):
            adapter.http.close()  # type: ignore[attr-defined]
        stop()


__all__ = ["MARK", "ORDER", "ROWS", "SHAPE", "Site", "row"]
