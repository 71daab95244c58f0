"""T8: upgrades of a store that is full of work, and a store put back from an old backup.

A case is `REVISION:SEED` (a release with that schema leaves its work behind, the next schema comes,
and is killed at each of its statements), the same with `:postgresql`, or `backup:SEED`.
`REVISION:full:SEED` has 1,000 pending and 50 in doubt; other seeds have fewer of both.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from unittest import mock

from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, text

from connector.store import migrate
from connector.store.engine import Store
from tests.prove.cases import Found, proven, replay, witnessed
from tests.prove.disks import postgresql
from tests.prove.living import small, unsettled
from tests.prove.suite import Evidence, Suite
from tests.system.processes import _CONTEXT
from tests.system.site import BILL, Site

RELEASES = {"0001": ""}
"""Each released schema, and the tag of the last program that had it; empty: this very program.

A release that brings a new schema adds a line for it, and its tag to the one before."""
PENDING, DOUBTS = 1000, 50
ROOT = Path(__file__).parents[2]


def carry(case: str) -> Found:
    """Carry out one case; see the module's text."""
    kind, *rest = case.split(":")
    if kind == "backup":
        return put_back(Random(int(rest[0])))
    postgres = "postgresql" in rest
    full = "full" in rest
    random = Random(int(rest[-1 - postgres]))
    pending = PENDING if full else random.randint(5, 200)
    doubts = DOUBTS if full else random.randint(2, 20)
    return upgraded(kind, pending, doubts, random, postgres=postgres)


# -- what a release leaves behind ---------------------------------------------------------------


def _run(site: Site, tag: str, *args: str) -> None:
    """A command of the program with that tag."""
    if not tag:
        site.cli(*args)
        return
    with tempfile.TemporaryDirectory() as folder:
        git = ["git", "-C", str(ROOT)]
        subprocess.run([*git, "worktree", "add", "--detach", folder, tag], check=True)
        try:
            command = [sys.executable, "-m", "connector", *args, "--config", str(site.config)]
            subprocess.run(command, cwd=folder, env={**os.environ, **site.env}, check=False)
        finally:
            subprocess.run([*git, "worktree", "remove", "--force", folder], check=True)


def work_left(site: Site, tag: str, pending: int, doubts: int) -> None:
    """Orders in doubt, half of which arrived, and orders that nobody has sent yet."""
    _run(site, tag, "sync")
    for fault, share in (("lose_answer", doubts - doubts // 2), ("drop_request", doubts // 2)):
        site.erp.faults.set([{"do": fault, "operation": "*Save", "form": BILL}])
        for n in range(share):
            site.order(number=f"{fault}-{n}")
        site.clock.advance(2)
        _run(site, tag, "sync")
    site.erp.faults.set([])
    _run(site, tag, "connection", "pause", "erp")
    for n in range(pending):
        site.order(number=f"pending-{n}")
    site.clock.advance(2)
    _run(site, tag, "sync")


# -- the upgrade --------------------------------------------------------------------------------


def upgraded(revision: str, pending: int, doubts: int, random: Random, *, postgres: bool) -> Found:
    """Leave work behind, upgrade under `kill -9`, go on; everything arrives once."""
    with ExitStack() as held:
        url = held.enter_context(postgresql()) if postgres else ""
        site = held.enter_context(small())
        if url:
            with site.settings() as config:
                config["store"] = url
        work_left(site, RELEASES[revision], pending, doubts)
        scripts = held.enter_context(next_release())
        url = url or f"sqlite:///{site.directory / 'connector.db'}"
        found = _as_left(url, pending, doubts)
        found.counts["kills"] = killed(url, scripts, found)
        refused = site.cli("status")
        found.expect(refused.code == 2, f"an older program ends with {refused.code}")
        found.expect("newer version" in refused.err, f"it says {refused.err[-300:]}")
        with mock.patch.object(migrate, "_config", partial(_config, scripts, migrate._config)):
            found.add(delivered(site))
            site.restart()
        return found


def _as_left(url: str, pending: int, doubts: int) -> Found:
    found, states = Found(), _states(url)
    found.expect(states.get("pending") == pending, f"left behind: {states}")
    found.expect(states.get("in_doubt") == doubts, f"left behind: {states}")
    found.counts.update(pending=pending, doubts=doubts)
    return found


def _states(url: str) -> dict[str, int]:
    """How many orders are in each state, whatever else the schema holds."""
    engine = create_engine(url)
    asked = "select state, count(*) from deliveries where flow = 'orders' group by state"
    with engine.connect() as connection:
        rows = connection.execute(text(asked)).all()
    engine.dispose()
    return {str(state): int(number) for state, number in rows}


def killed(url: str, scripts: Path, found: Found) -> int:
    """Upgrade once and again, killed at the first statement, the second … until one is through."""
    before = _states(url)
    for at in count(1):
        process = _CONTEXT.Process(target=_upgrade, args=(url, scripts, at))
        process.start()
        process.join(120)
        found.expect(_states(url) == before, f"killed at {at}: {_states(url)} from {before}")
        if process.exitcode == 0:
            return at - 1
        killed_by = f"killed at {at}: it ends with {process.exitcode}"
        found.expect(process.exitcode == -signal.SIGKILL, killed_by)
        if process.exitcode != -signal.SIGKILL:
            return at
    raise AssertionError("never reached")


def _upgrade(url: str, scripts: Path, at: int) -> None:
    """As a process: the next release starts, and dies before its change number `at`."""
    met = count(1)

    def meet(*_: object) -> None:
        if next(met) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    def execute(connection: object, cursor: object, statement: str, *_: object) -> None:
        if not statement.lstrip().upper().startswith(("PRAGMA", "SELECT")):
            meet()

    event.listen(Engine, "before_cursor_execute", execute)
    event.listen(Engine, "commit", meet)
    migrate._config = partial(_config, scripts, migrate._config)  # type: ignore[assignment]
    migrate.prepare(Store(url))


def _config(scripts: Path, known: object, store: Store) -> object:
    config = known(store)  # type: ignore[operator]
    config.set_main_option("script_location", str(scripts))
    return config


@contextmanager
def next_release() -> Iterator[Path]:
    """The migrations of a program that has one more."""
    shipped = Path(migrate.__file__).parent / "migrations"
    with tempfile.TemporaryDirectory() as folder:
        scripts = Path(folder) / "migrations"
        shutil.copytree(shipped, scripts, ignore=shutil.ignore_patterns("__pycache__"))
        text = (Path(__file__).parent / "next_schema.py").read_text("utf-8")
        head = ScriptDirectory(str(shipped)).get_current_head()
        made = text.replace("down_revision = None", f"down_revision = {head!r}")
        (scripts / "versions" / "next.py").write_text(made, "utf-8")
        yield scripts


def delivered(site: Site) -> Found:
    """Everything that was left behind arrives."""
    site.clock.advance(60)
    site.app.change_connection("resume", "erp")
    for _ in range(3):
        site.sync(allow_creates=True)
        site.clock.advance(700)
    found = witnessed(site)
    found.violations += unsettled(site.app)
    return found


# -- an old backup ------------------------------------------------------------------------------


def put_back(random: Random) -> Found:
    """The store is lost; the backup that is put back knows nothing of what came after it."""
    with small() as site:
        for n in range(random.randint(3, 30)):
            site.order(number=f"before-{n}")
        site.sync()
        backup = site.directory / "backup.db"
        ran = site.cli("store", "backup", str(backup))
        _go_on(site, random)
        site.restart()
        for name in ("connector.db", "connector.db-wal", "connector.db-shm"):
            (site.directory / name).unlink(missing_ok=True)
        shutil.copy(backup, site.directory / "connector.db")
        held = site.try_sync(allow_creates=True)["errors"]
        site.clock.advance(60)  # what was under way has settled
        found = delivered(site)
        found.expect("store" in held, f"an old store goes on as if it were none: {held}")
        found.expect(ran.code == 0, f"the backup ends with {ran.code}: {ran.err[-300:]}")
        with closing(sqlite3.connect(site.directory / "connector.db")) as store:
            sound = store.execute("pragma integrity_check").fetchone()[0]
        found.expect(sound == "ok", f"integrity_check: {sound}")
        return found


def _go_on(site: Site, random: Random) -> None:
    """New orders, changes of known ones, answers that are lost."""
    known = sorted(site.orders())
    faults = [
        {"do": fault, "operation": "*Save", "rate": 0.2}
        for fault in ("lose_answer", "drop_request")
    ]
    site.erp.faults.set(faults, seed=random.randrange(1000))
    for n in range(random.randint(3, 30)):
        site.order(number=f"after-{n}")
    for number in random.sample(known, len(known) // 2):
        quantity = str(random.randint(1, 99))
        site.in_crm("edit_line", order=number, line_no=1, fields={"quantity": quantity})
        site.in_crm("edit", number=number, fields={"remark": f"{quantity} pieces"})
    for _ in range(random.randint(1, 3)):
        site.try_sync()
        site.clock.advance(60)
    site.erp.faults.set([])


# -- the suites ---------------------------------------------------------------------------------

SHORT = [f"{revision}:full:1" for revision in RELEASES] + ["backup:1", "backup:2"]
FULL = [
    *SHORT,
    *(f"{revision}:{seed}" for revision in RELEASES for seed in range(2, 25)),
    *(f"{revision}:{seed}:postgresql" for revision in RELEASES for seed in range(1, 6)),
    *(f"{revision}:full:1:postgresql" for revision in RELEASES),
    *(f"backup:{seed}" for seed in range(3, 26)),
]


def suite(cases: Sequence[str]) -> Evidence:
    """T8."""
    evidence = proven("upgrades and backups put back", __name__, carry, cases)
    shipped = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    for script in shipped.walk_revisions():
        if script.revision not in RELEASES:
            evidence.violations.append(f"RELEASES has no line for schema {script.revision}")
    return evidence


SUITES = (
    Suite(
        "T8",
        "upgrades, killed at each statement; an old backup put back",
        partial(suite, SHORT),
        partial(suite, FULL),
    ),
)

if __name__ == "__main__":
    sys.exit(replay(carry))
