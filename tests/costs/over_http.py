"""Adapters that speak HTTP, before their sandboxes and a real Tryton.

What the other side takes is measured once, in the run of the adapter: the same requests sent again
would find another system. The loop's own part is measured by itself: `requests` makes every call
anew, and is answered at once what was answered then; of each answer it makes Python's own values.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import requests
from requests.adapters import BaseAdapter

from connector.contract import Adapter
from connector.testing import Sample
from tests.conformance import (
    espocrm_remote,
    fxiaoke_remote,
    hubspot_remote,
    kingdee_remote,
    neocrm_remote,
    odoo_remote,
    salesforce_remote,
    tplus_remote,
    tryton_remote,
    u8_remote,
    xingchen_remote,
    yonyou_remote,
)
from tests.costs.measured import BATCH, Row, Watch, peak, read, write

SYSTEMS: Mapping[str, tuple[Any, Sample]] = {
    "fxiaoke": (fxiaoke_remote.Stocks, fxiaoke_remote.STOCKS),
    "salesforce": (salesforce_remote.Stocks, salesforce_remote.STOCKS),
    "hubspot": (hubspot_remote.Stocks, hubspot_remote.STOCKS),
    "neocrm": (neocrm_remote.Stocks, neocrm_remote.STOCKS),
    "espocrm": (espocrm_remote.Stocks, espocrm_remote.STOCKS),
    "kingdee_galaxy": (kingdee_remote.Orders, kingdee_remote.ORDERS),
    "kingdee_xingchen": (xingchen_remote.Orders, xingchen_remote.ORDERS),
    "yonyou_yonbip": (yonyou_remote.Orders, yonyou_remote.ORDERS),
    "yonyou_u8": (u8_remote.Orders, u8_remote.ORDERS),
    "chanjet_tplus": (tplus_remote.Orders, tplus_remote.ORDERS),
    "odoo": (odoo_remote.Orders, odoo_remote.ORDERS),
    "tryton": (tryton_remote.Sales, tryton_remote.SALES),
}
"""For each a form that can be written: of a CRM its stock, of an ERP its orders with lines."""


@dataclass
class Call:
    """A request and its answer."""

    request: requests.PreparedRequest
    status: int = 0
    headers: Any = field(default_factory=dict)
    body: bytes = b""


class Wire:
    """Sees the calls of an adapter, and what they take."""

    def __init__(self, adapter: Adapter) -> None:
        http: Any = adapter.http
        self.calls: list[Call] = []
        self.watch = Watch()
        self._send, self._body = http._transport.send, http._body
        http._transport.send, http._body = self._sent, self._answered

    def _sent(self, request: Any, **how: Any) -> Any:
        self.calls.append(Call(request))
        with self.watch.running():
            return self._send(request, **how)

    def _answered(self, response: Any, unclear: Any) -> bytes:
        with self.watch.running():
            body: bytes = self._body(response, unclear)
        call = self.calls[-1]
        call.status, call.headers, call.body = response.status_code, response.headers, body
        return body

    def let_go(self, adapter: Adapter) -> None:
        http: Any = adapter.http
        http._transport.send, http._body = self._send, self._body


class Repeating(BaseAdapter):
    """Answers what was answered before."""

    def __init__(self, calls: list[Call]) -> None:
        super().__init__()
        self._calls = iter(calls)

    def send(self, request: Any, *_: Any, **__: Any) -> requests.Response:  # type: ignore[override]
        call, answer = next(self._calls), requests.Response()
        answer.status_code, answer.headers, answer._content = call.status, call.headers, call.body
        answer.request, answer.url, answer.encoding = request, request.url, "utf-8"
        return answer

    def close(self) -> None:
        """Nothing is open."""


def loop(calls: list[Call]) -> None:
    """What one would write in an afternoon."""
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", Repeating(calls))
        for call in calls:
            request, body = call.request, call.request.body
            if _is_json(body):
                body = json.dumps(json.loads(body)).encode()  # as long as to make it
            answer = session.request(request.method, request.url, data=body,
                                     headers=request.headers, timeout=60)  # fmt: skip
            if _is_json(call.body):
                answer.json()


def _is_json(body: Any) -> bool:
    return isinstance(body, bytes) and body[:1] in (b"{", b"[")


def rows(name: str, written: int, wanted: int) -> Iterator[Row]:
    """So many written, so many read."""
    kind, sample = SYSTEMS[name]
    with kind.running(sample) as remote:
        adapter = remote.connect()
        adapter.check()
        write(adapter, sample, range(BATCH))  # whatever is asked once was asked
        first = range(BATCH, BATCH + written)
        yield compared(name, "written", written, adapter, lambda: write(adapter, sample, first))
        remote.pass_time(5)
        few = peak(lambda: read(adapter, sample))
        if name == "tryton":
            _copied(remote.server, wanted - first.stop)
        else:
            write(adapter, sample, range(first.stop, wanted))
        remote.pass_time(5)
        row = compared(name, "read", wanted, adapter, lambda: read(adapter, sample))
        many = peak(lambda: read(adapter, sample))
        yield replace(row, peaks=(few, many))


def _copied(server: Any, count: int) -> None:
    """So many sales like the first: to write them would take half an hour."""
    [found] = server.rows("select min(id) as first, max(id) as last from sale_sale")
    numbers = f"with recursive n(i) as (select 1 union all select i + 1 from n where i < {count})"
    number = f"{found['last']} + i"
    tables = (("sale_sale", "id", {"id": number}), ("sale_line", "sale", {"sale": number}))
    for table, of, changed in tables:
        names = [name for name in server.rows(f"select * from {table}")[0] if name != "id"]
        own = {**{name: f'"{name}"' for name in names}, **changed}
        columns = ", ".join(f'"{name}"' for name in own)
        copied = f"select {', '.join(own.values())} from {table}, n where {of} = {found['first']}"
        server.change(f"insert into {table} ({columns}) {numbers} {copied}")


def compared(name: str, what: str, records: int, adapter: Adapter, work: Any) -> Row:
    """The adapter's work, and the loop's."""
    wire = Wire(adapter)
    try:
        ours = Watch().of(work)
    finally:
        wire.let_go(adapter)
    alone = Watch().of(lambda: loop(wire.calls))
    bare = Watch(wire.watch.wall + alone.wall, wire.watch.own + alone.own)
    return Row(name, what, records, len(wire.calls), ours, bare)
