"""T4: PostgreSQL stops as at a power failure, ends sessions, and leaves commits unanswered.

    python -m tests.prove.restarts --seed 7 [--restarts 2 | --unanswered 20]

The daemon is expected to live on: whoever was in a transaction gives up, everybody asks again, and
what was claimed is in doubt once its claim has ended. A daemon that is started while the database
is away says so and ends with 1; its supervisor starts it again. Should a running one ever end, it
must be with 1, too: that is counted as `ended`, and it is started again as a supervisor would.

A commit may be carried out and its answer lost. `Unanswering` stands between the daemon and the
database and makes that happen: of the commits, every tenth is passed on, and when it is done the
connection is cut instead of saying so.
"""

from __future__ import annotations

import argparse
import random
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from tests.database import Server, serving
from tests.prove.live import LEASE, Live, live
from tests.prove.suite import Evidence, Suite
from tests.system.processes import Command

SEED = 1
RESTARTS = 2
MANY = 100
AWAY = 2.0
"""Seconds for which the database is away at most."""
COMMIT = b"COMMIT\0"
READY = b"Z\0\0\0\5I"
"""How PostgreSQL says that a command is done, and no transaction is open."""
UNANSWERED = 0.1
"""Share of the commits."""
COMMITS = 10
MANY_COMMITS = 1000


def restart(count: int, seed: int) -> Evidence:
    """T4: the database is stopped, or everybody's sessions are ended, while deliveries go on."""
    command = f"python -m tests.prove.restarts --seed {seed} --restarts {count}"
    evidence = Evidence(f"{count} restarts at once and as many ended sessions, seed {seed}")
    with serving() as server, live(server.database("live"), seed) as company:
        daemon = company.start()
        company.people.work(3)
        company.wait_for_writes(1, 30.0)
        company.trouble()
        for _ in range(count):
            evidence.counts["sessions"] += _end_sessions(company, server)
            daemon = _alive(company, daemon, evidence)
            _stop(company, server, evidence)
            daemon = _alive(company, daemon, evidence)
        company.reckon(evidence, command)
        _alive(company, daemon, evidence)
    return evidence


def _meanwhile(company: Live) -> None:
    """People work, and something is being delivered."""
    company.people.work(company.random.randint(3, 6))
    company.wait_for_writes(company.random.randint(1, 4), LEASE + 2)
    time.sleep(company.random.choice((0.0, 0.01, 0.1)) * company.random.random())


def _end_sessions(company: Live, server: Server) -> int:
    _meanwhile(company)
    return server.end_sessions("live")


def _stop(company: Live, server: Server, evidence: Evidence) -> None:
    """The database stops at once and comes back; who is started meanwhile ends."""
    _meanwhile(company)
    server.stop_at_once()
    try:
        company.people.work(1)
        if company.random.random() < 0.1 or not evidence.counts["refused to start"]:
            evidence.counts["refused to start"] += 1
            late = company.start()
            if late.wait(30) != 1:
                evidence.violations.append("started without a store")
            company.daemons.remove(late)
        time.sleep(company.random.uniform(0.0, AWAY))
    finally:
        server.start()


def _alive(company: Live, daemon: Command, evidence: Evidence) -> Command:
    """The daemon; if it has ended, another, as a supervisor would have it."""
    code = daemon.poll()
    if code is None:
        return daemon
    evidence.counts["ended"] += 1
    if code != 1:
        evidence.violations.append(f"ended with {code}: {company.log()[-1500:]}")
    company.daemons.remove(daemon)
    return company.start()


def unanswered(commits: int, seed: int) -> Evidence:
    """T4: commits that are carried out, and whose answer never comes."""
    command = f"python -m tests.prove.restarts --seed {seed} --unanswered {commits}"
    evidence = Evidence(f"{commits} commits done and unanswered, seed {seed}")
    with (
        serving() as server,
        between(server.database("live"), seed) as (url, unanswering),
        live(url, seed) as company,
    ):
        daemon = company.start()
        company.people.work(3)
        company.wait_for_writes(1, 30.0)
        company.trouble()
        unanswering.share = UNANSWERED
        while unanswering.count < commits:
            _meanwhile(company)
            daemon = _alive(company, daemon, evidence)
        unanswering.share = 0.0
        company.reckon(evidence, command)
    return evidence


class Unanswering:
    """A socket before the database's, which passes everything on but some answers to commits."""

    def __init__(self, before: Path, behind: Path, seed: int) -> None:
        self.share = 0.0
        self.count = 0
        self._behind = behind
        self._random = random.Random(seed)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(before))
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self._behind))
                line = _Line(self, client, server)
                for pump in (line.ask, line.answer):
                    threading.Thread(target=pump, daemon=True).start()

    def drawn(self) -> bool:
        """Whether this commit is to go without an answer."""
        drawn = self._random.random() < self.share
        self.count += drawn
        return drawn


class _Line:
    """One connection, passed on both ways."""

    def __init__(self, owner: Unanswering, client: socket.socket, server: socket.socket) -> None:
        self._owner = owner
        self._client = client
        self._server = server
        self._mute = False

    def ask(self) -> None:
        with suppress(OSError):
            while data := self._client.recv(1 << 16):
                if COMMIT in data and self._owner.drawn():
                    self._mute = True
                self._server.sendall(data)
        self._cut()

    def answer(self) -> None:
        with suppress(OSError):
            while data := self._server.recv(1 << 16):
                if self._mute:
                    if READY in data:
                        break
                    continue
                self._client.sendall(data)
        self._cut()

    def _cut(self) -> None:
        for end in (self._client, self._server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def between(url: str, seed: int) -> Iterator[tuple[str, Unanswering]]:
    """The URL by way of it."""
    made: URL = make_url(url)
    name = ".s.PGSQL.5432"
    with tempfile.TemporaryDirectory() as folder:
        behind = Path(str(made.query["host"])) / name
        unanswering = Unanswering(Path(folder) / name, behind, seed)
        try:
            yield made.set(query={"host": folder}).render_as_string(False), unanswering
        finally:
            unanswering.close()


SUITES = (
    Suite(
        "T4",
        "PostgreSQL stops at once and comes back; sessions are ended",
        partial(restart, RESTARTS, SEED),
        partial(restart, MANY, SEED),
    ),
    Suite(
        "T4 commits",
        "PostgreSQL commits, and the answer is lost",
        partial(unanswered, COMMITS, SEED),
        partial(unanswered, MANY_COMMITS, SEED),
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--restarts", type=int, default=RESTARTS)
    parser.add_argument("--unanswered", type=int, default=0)
    options = parser.parse_args()
    if options.unanswered:
        evidence = unanswered(options.unanswered, options.seed)
    else:
        evidence = restart(options.restarts, options.seed)
    print(evidence.ran, dict(evidence.counts), *evidence.violations, sep="\n")
    return 0 if evidence.holds else 1


if __name__ == "__main__":
    sys.exit(main())
