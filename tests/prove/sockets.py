"""T7: every link of the daemon, to the CRM, to the ERP and to its database, goes bad.

A case is `LINK:TOXIC` or `LINK:TOXIC,TOXIC`: one daemon, one toxic after the other while orders
come and change, first both ways, then for answers alone. After each the link heals, and everything
must settle.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.prove.cases import Found, proven, replay, witnessed
from tests.prove.disks import postgresql
from tests.prove.living import alive, quicken, rested, small
from tests.prove.proxy import LIFE, Proxy, Toxic
from tests.prove.suite import Evidence, Suite
from tests.system.processes import Command
from tests.system.site import Site, wait_for

TIMEOUT = 1.0
SETTLE = {"crm": 5.5, "erp": 3.5}
"""The shortest that are legal for that timeout, and longer than the proxy keeps a request."""
assert min(SETTLE.values()) > LIFE > TIMEOUT
BAD = 4.0
"""Seconds for which a link is bad one way or the other."""
PACE = 0.3
"""Seconds between what salespeople do."""

TOXICS = {
    toxic.kind: toxic
    for toxic in (
        Toxic("latency", seconds=2.0),  # longer than anybody waits: it arrives after that
        Toxic("bandwidth", bytes=3_000),
        Toxic("slow_close", seconds=2.0),
        Toxic("timeout", seconds=2.5),
        Toxic("reset_peer", seconds=0.4),
        Toxic("slicer", seconds=0.02, bytes=60),
        Toxic("limit_data", bytes=2_500),
        Toxic("down"),
    )
}


def carry(case: str) -> Found:
    """Carry out one case; see the module's text."""
    link, _, kinds = case.partition(":")
    with ExitStack() as held:
        site, proxy = held.enter_context(LINKS[link]())
        site.sync()
        quicken(site, timeout=TIMEOUT, **SETTLE)
        daemon = held.enter_context(site.daemon())
        wait_for(lambda: alive(site), 60, daemon)
        found = Found()
        for kind in kinds.split(","):
            found.add(_suffered(site, daemon, proxy, TOXICS[kind]))
        found.counts.update(witnessed(site).counts)
        log = site.log.read_text("utf-8", "replace").splitlines()
        bugs = [line[:1500] for line in log if "job_failed" in line or "_bug" in line]
        found.violations += [f"the daemon met a bug: {line}" for line in bugs[:1]]
        found.expect(proxy.longest < min(SETTLE.values()), f"kept {proxy.longest:.1f} s")
        return found


def _suffered(site: Site, daemon: Command, proxy: Proxy, toxic: Toxic) -> Found:
    """Orders come and change while the link is bad; then it is good."""
    for way in (toxic, replace(toxic, up=False)):
        proxy.set(way)
        _sell(site, BAD)
    proxy.heal()
    found = Found()
    found.expect(daemon.poll() is None, f"{toxic.kind}: the daemon ended")
    settled = rested(site, daemon)
    found.violations += [f"{toxic.kind}: {text}" for text in settled.violations]
    found.counts.update(toxics=1)
    return found


def _sell(site: Site, seconds: float) -> None:
    """New orders, and changes of those that were made before."""
    ends = time.monotonic() + seconds
    for n in count(len(site.orders())):
        if time.monotonic() > ends:
            return
        number = site.order(number=f"new-{n}")
        before = sorted(site.orders())[n // 2]
        if n % 3 == 0 and before != number:
            site.in_crm("edit_line", order=before, line_no=1, fields={"quantity": str(n)})
            site.in_crm("edit", number=before, fields={"remark": f"change {n}"})
        time.sleep(PACE)


# -- links --------------------------------------------------------------------------------------


@contextmanager
def _to(name: str) -> Iterator[tuple[Site, Proxy]]:
    """A site whose link to one of its systems goes through a proxy."""
    with small() as site, proxied(("127.0.0.1", urlsplit(site.urls[name]).port or 0)) as proxy:
        site.connection(name, base_url=f"http://127.0.0.1:{proxy.port}")
        yield site, proxy


@contextmanager
def _to_store() -> Iterator[tuple[Site, Proxy]]:
    """The same for its PostgreSQL."""
    with postgresql() as url, small() as site:
        folder = parse_qs(urlsplit(url).query)["host"][0]
        with proxied(str(Path(folder) / ".s.PGSQL.5432")) as proxy:
            with site.settings() as config:
                config["store"] = f"postgresql://postgres@127.0.0.1:{proxy.port}/postgres"
            yield site, proxy
            site.restart()


@contextmanager
def proxied(there: tuple[str, int] | str) -> Iterator[Proxy]:
    """A proxy before an address."""
    proxy = Proxy(there)
    try:
        yield proxy
    finally:
        proxy.close()


LINKS: dict[str, Callable[[], AbstractContextManager[tuple[Site, Proxy]]]] = {
    "crm": partial(_to, "crm"),
    "erp": partial(_to, "erp"),
    "store": _to_store,
}

SHORT = ["erp:timeout,limit_data", "crm:reset_peer,latency", "store:limit_data"]
FULL = [f"{link}:{','.join(TOXICS)}" for link in LINKS]


def suite(cases: Sequence[str]) -> Evidence:
    """T7; most of its time is waiting."""
    return proven("daemons", __name__, carry, cases, jobs=3)


SUITES = (
    Suite(
        "T7",
        "the network to CRM, ERP or database goes bad in eight ways",
        partial(suite, SHORT),
        partial(suite, FULL),
    ),
)

if __name__ == "__main__":
    sys.exit(replay(carry))
