"""What the adapter costs beside a bare loop of the very same calls, over a real Tryton.

    python -m tests.tryton.measuring [READ] [WRITTEN]

Both wait for the same server, so the seconds of the calling thread alone are told, too.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import requests

from connector.contract import Adapter
from connector.http import Http
from tests.conformance import tryton_remote as tryton

Sent = list[tuple[str, bytes, dict[str, str]]]


def main(read: int = 10_000, written: int = 1_000) -> None:
    with tryton.Sales.running(tryton.SALES) as remote:
        _many(remote, read)
        adapter = remote.connect(page=100)
        adapter.check()
        _compare(f"{read} sales read", adapter, lambda: _read(adapter, read))
    with tryton.Sales.running(tryton.SALES) as remote:
        adapter = remote.connect(page=100)
        adapter.check()
        _compare(f"{written} sales written", adapter, lambda: _write(adapter, written))


def _many(remote: tryton.Sales, count: int) -> None:
    """So many sales like one."""
    first, server = int(remote.add()), remote.server
    numbers = (
        f"with recursive n(i) as (select 1 union all select i + 1 from n where i < {count - 1})"
    )
    for table, sale in (("sale_sale", "null"), ("sale_line", f"{first} + i")):
        fields = {f'"{name}"': f'"{name}"' for name in server.rows(f"select * from {table}")[0]}
        fields |= {'"id"': "null", **({'"sale"': sale} if table == "sale_line" else {})}
        copied = f"select {', '.join(fields.values())} from {table}, n"
        server.change(f"insert into {table} ({', '.join(fields)}) {numbers} {copied}")


def _read(adapter: Adapter, count: int) -> None:
    pages = adapter.read(tryton.SALE_SHAPE, None)
    assert sum(len(page.records) for page in pages) == count


def _write(adapter: Adapter, count: int) -> None:
    for place in range(count):
        adapter.write(tryton.sale(f"M{place}"))


def _compare(what: str, adapter: Any, work: Callable[[], None]) -> None:
    sent: Sent = []
    made: Http = adapter.http
    once, base = made._once, adapter.settings.base_url

    def noting(request: Any, *more: Any, **named: Any) -> Any:
        sent.append((request.url.removeprefix(base), request.body, dict(request.headers)))
        return once(request, *more, **named)

    made._once = noting  # type: ignore[method-assign]
    adapters = _timed(work)
    bare = _timed(lambda: _bare(base, sent))
    for name, ours, theirs in zip(("seconds", "of its own"), adapters, bare, strict=True):
        print(f"{what}, {len(sent)} calls, {name}: {ours:.2f} beside {theirs:.2f}, "
              f"{ours / theirs:.2f} times")  # fmt: skip


def _bare(base: str, sent: Sent) -> None:
    with requests.Session() as session:
        for path, body, headers in sent:
            answer = session.post(base + path, data=body, headers=headers, timeout=60)
            assert "result" in json.loads(answer.content)


def _timed(work: Callable[[], None]) -> tuple[float, float]:
    wall, own = time.perf_counter(), time.thread_time()
    work()
    return time.perf_counter() - wall, time.thread_time() - own


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
