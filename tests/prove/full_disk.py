"""T5: the disk fills up, at every point at which anything is written, and is freed again.

A case is `WORK:PAGES` (SQLite may grow by so many pages), `files:KILOBYTES` (no file may grow
beyond that), `live:KILOBYTES` (the same befalls a running daemon and its log),
`tmpfs:KILOBYTES` and `postgresql:KILOBYTES` (a real small disk has so much left).
"""

from __future__ import annotations

import resource
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text

from connector.store.engine import StoreUnavailable
from tests.prove.cases import Found, proven, replay, witnessed
from tests.prove.disks import NoDisk, filled, mounted, postgresql
from tests.prove.living import alive, quicken, rested, small, unsettled
from tests.prove.suite import Evidence, Suite
from tests.system.processes import Command
from tests.system.site import Site, wait_for

STORE = "connector.db"
SETTLED = 60.0
"""Seconds after which the site's connections look a doubt up."""
ORDERING = 5.0
RESTED = 700.0
"""Seconds after which whatever was put off is tried again."""
STRIDE = 16
PAGE = 512
"""Bytes of a page in the fine-grained works: eight times as many points."""


def carry(case: str) -> Found:
    """Carry out one case; see the module's text."""
    kind, _, amount = case.partition(":")
    kinds: dict[str, Callable[[int], Found]] = {
        "files": files,
        "live": live,
        "tmpfs": tmpfs,
        "postgresql": on_postgresql,
    }
    if kind in kinds:
        return kinds[kind](int(amount))
    if amount == "every":
        return every_point(kind)
    return pages(kind, int(amount))


# -- SQLite may not grow ------------------------------------------------------------------------


def _new(site: Site) -> None:
    """Orders arrive, and one that was carried changes."""
    for n in range(4):
        site.order(number=f"new-{n}", remark="长" * 80)
    site.in_crm("edit_line", order="old-0", line_no=1, fields={"quantity": "7"})
    site.in_crm("edit", number="old-0", fields={"remark": "改" * 60})


def _unheard(site: Site) -> None:
    """The same while every other answer to a write is lost."""
    site.erp.faults.set([{"do": "lose_answer", "operation": "*Save", "rate": 0.5}], seed=1)
    _new(site)


def _many(site: Site) -> None:
    """Orders by the hundred."""
    for n in range(150):
        site.order(number=f"new-{n}", remark="长" * 80)


WORKS = {"new": _new, "unheard": _unheard, "fine": _new, "fine-unheard": _unheard,
         "many": _many, "first": _new}  # fmt: skip
"""What happens at the site when its store cannot grow. `first`: nothing was carried before."""


def every_point(work: str) -> Found:
    """Room for no page at all, for one, two … until there is enough; `many` in longer strides."""
    found = Found()
    for room in count(step=STRIDE if work == "many" else 1):
        one = pages(work, room)
        one.violations = [f"{text} (python -m {__spec__.name} {work}:{room})" for text in
                          one.violations]  # fmt: skip
        found.add(one)
        if not one.counts["refused"]:
            return found
    raise AssertionError("never reached")


def pages(work: str, room: int) -> Found:
    """One run of the work in a store that may grow by `room` pages."""
    with small() as site:
        if work.startswith("fine"):
            _refined(site.directory / STORE)
        if work != "first":
            site.sync()
            site.restart()
        else:
            (site.directory / STORE).unlink()
        WORKS[work](site)
        refused = _crowded(site, room)
        found = healed(site)
        found.counts.update(points=1, refused=refused)
        return found


def _refined(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as store:
        store.execute("pragma journal_mode=delete")
        store.execute(f"pragma page_size={PAGE}")
        store.execute("vacuum")


def _crowded(site: Site, room: int) -> bool:
    """Three runs, minutes apart; whether the store refused anything."""
    refused = False
    with _no_more_than(max(_size(site) + room, 1)):
        for _ in range(3):
            try:
                refused |= bool(site.try_sync()["errors"])
            except StoreUnavailable:
                refused = True
            site.clock.advance(SETTLED)
            site.restart()
    return refused


def _size(site: Site) -> int:
    with closing(sqlite3.connect(site.directory / STORE)) as store:
        pages: int = store.execute("pragma page_count").fetchone()[0]
    return pages


@contextmanager
def _no_more_than(most: int) -> Iterator[None]:
    """Any store that is opened in this process can hold so many pages."""

    def limit(connection: Any, _: Any) -> None:
        connection.execute(f"pragma max_page_count={most}")

    event.listen(Engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(Engine, "connect", limit)


def healed(site: Site) -> Found:
    """There is room again: the store is sound, everything settles, and nobody lost anything."""
    site.erp.faults.set([])
    with closing(sqlite3.connect(site.directory / STORE)) as store:
        sound = store.execute("pragma integrity_check").fetchone()[0]
    for _ in range(3):
        site.clock.advance(RESTED)
        site.sync()
    found = witnessed(site)
    found.expect(sound == "ok", f"integrity_check: {sound}")
    found.violations += unsettled(site.app)
    return found


# -- files may not grow -------------------------------------------------------------------------


def files(kilobytes: int) -> Found:
    """A command whose files may grow to so much beyond the store's size."""
    with small() as site:
        site.sync()
        site.restart()
        largest = (site.directory / STORE).stat().st_size + 1024 * kilobytes
        _new(site)
        site.clock.advance(2)
        ran = site.cli("sync", largest_file=largest)
        site.clock.advance(SETTLED)
        found = healed(site)
        found.expect("Traceback" not in ran.out + ran.err, f"a traceback: {ran.err[-500:]}")
        found.expect(ran.code in (0, 1), f"exit code {ran.code}: {ran.err[-300:]}")
        found.counts.update(points=1, refused=ran.code == 1)
        return found


def live(kilobytes: int) -> Found:
    """A daemon's files may not grow for some seconds, its log's least of all."""
    with small() as site:
        prepare(site)
        with site.log.open("wb") as log:
            log.truncate(64 << 20)
        with site.daemon() as daemon:
            wait_for(lambda: alive(site), 60, daemon)
            wal = (site.directory / f"{STORE}-wal").stat().st_size
            with _limited(daemon, wal + 1024 * kilobytes):
                found = ordering(site, daemon)
            found.add(rested(site, daemon))
        return found


def prepare(site: Site, **config: Any) -> None:
    """Everything that is there is carried; then a configuration that is quick."""
    site.sync()
    quicken(site, timeout=1, crm=5.5, erp=3.5)
    with site.settings() as whole:
        whole.update(config)


@contextmanager
def _limited(daemon: Command, size: int) -> Iterator[None]:
    unlimited = resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (size, unlimited[1]))
    try:
        yield
    finally:
        resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, unlimited)


def ordering(site: Site, daemon: Command) -> Found:
    """Orders come for some seconds, and somebody asks how things stand."""
    found = Found()
    ends = time.monotonic() + ORDERING
    for n in count():
        if time.monotonic() > ends:
            break
        site.order(number=f"new-{n}", remark="长" * 80)
        time.sleep(0.2)
    code, said = _status(site)
    found.expect(code == 0, f"status ends with {code}: {said[-300:]}")
    found.expect(daemon.poll() is None, "the daemon ended")
    return found


def _status(site: Site) -> tuple[int, str]:
    """How things stand, by the command line; what it prints goes to another disk."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "said"
        code = site._command(["status"], said, said).wait(60)
        return code, said.read_text("utf-8")


# -- real small disks ---------------------------------------------------------------------------


def tmpfs(kilobytes: int) -> Found:
    """The store and the daemon's log stand on a disk that is full for some seconds."""
    try:
        with mounted(8) as disk, small(disk) as site:
            prepare(site)
            with site.daemon() as daemon:
                wait_for(lambda: alive(site), 60, daemon)
                with filled(disk, kilobytes):
                    found = ordering(site, daemon)
                found.add(rested(site, daemon))
                found.counts.update(points=1)
            return found
    except NoDisk as error:
        return Found(skipped=str(error))


def on_postgresql(kilobytes: int) -> Found:
    """The tables of a PostgreSQL stand on such a disk."""
    try:
        with mounted(16) as disk, postgresql() as url:
            with small() as site:
                with site.settings() as config:
                    config["store"] = _on_disk(url, disk)
                prepare(site)
                with site.daemon() as daemon:
                    wait_for(lambda: site.told("old-0")[0], 60, daemon)
                    with filled(disk, kilobytes):
                        found = ordering(site, daemon)
                    found.add(rested(site, daemon))
            found.counts.update(points=1)
            return found
    except NoDisk as error:
        return Found(skipped=str(error))


def _on_disk(url: str, disk: Path) -> str:
    """The URL under which new tables go there."""
    place = disk / "tables"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        data = Path(connection.execute(text("show data_directory")).scalar_one())
        place.mkdir()
        shutil.chown(place, data.stat().st_uid)
        connection.execute(text(f"create tablespace small location '{place}'"))
    engine.dispose()
    return f"{url}{'&' if '?' in url else '?'}options=-c%20default_tablespace%3Dsmall"


# -- the suites ---------------------------------------------------------------------------------

SHORT = ["new:every", "unheard:every", "live:16", *(f"files:{n}" for n in (0, 24, 80))]
FULL = [
    *(f"{work}:every" for work in ("first", "new", "unheard", "fine", "fine-unheard", "many")),
    *(f"files:{n}" for n in range(0, 160, 8)),
    *(f"live:{n}" for n in range(0, 160, 16)),
    *(f"tmpfs:{n}" for n in range(0, 160, 16)),
    *(f"postgresql:{n}" for n in (0, 64, 256, 1024)),
]


def suite(cases: Sequence[str]) -> Evidence:
    """T5."""
    return proven("works and disks", __name__, carry, cases)


SUITES = (
    Suite("T5", "the disk is full for a while, at every point",
          partial(suite, SHORT), partial(suite, FULL)),
)  # fmt: skip

if __name__ == "__main__":
    sys.exit(replay(carry))
