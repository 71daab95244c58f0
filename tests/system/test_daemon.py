"""Line 8: the daemon as a process."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from filelock import FileLock
from sqlalchemy import select

from connector.daemon import Daemon
from connector.messages import load
from connector.store import feeds, journal
from connector.store.engine import StoreUnavailable
from connector.store.tables import leases
from tests.system import configuration
from tests.system.company import SMALL
from tests.system.processes import Command
from tests.system.site import BILL, Site, opened, wait_for


def quickened(site: Site) -> Site:
    """Short timeouts, readings every second, a health page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with site.settings() as config:
        config["health"] = f"127.0.0.1:{port}"
        config["connections"]["crm"].update(timeout=1, settle=5.5)
        config["connections"]["erp"].update(timeout=1, settle=3.5)
        for flow in config["flows"].values():
            flow["every"] = "1s"
    return site


@pytest.fixture
def quick(site: Site) -> Site:
    """The small company, everything that is there carried; nobody serves it yet."""
    site.sync()
    return quickened(site)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Command]]:
    """A site with its daemon at work."""
    with opened(tmp_path_factory.mktemp("served"), SMALL) as site:
        site.sync()
        with quickened(site).daemon() as daemon:
            wait_for(lambda: health(site), 60, daemon)
            yield site, daemon
        assert "Traceback" not in site.log.read_text("utf-8")


@contextmanager
def serving(site: Site) -> Iterator[Daemon]:
    """A daemon in this process, which looks ten times a second for what is to be done."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("connector.daemon.BEAT", 0.1)
        patch.setattr("connector.daemon.RELOAD", 0.1)
        daemon = Daemon(site.config, site.clock)  # type: ignore[arg-type]
        thread = threading.Thread(target=daemon.serve)
        thread.start()
        try:
            yield daemon
        finally:
            daemon.stop()
            thread.join()


def health(site: Site) -> tuple[int, dict[str, Any]]:
    address = configuration.parsed(site.config.read_text("utf-8"))["health"]
    try:
        with urllib.request.urlopen(f"http://{address}/health", timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def arrived(site: Site, number: str) -> bool:
    return [bill["FDocumentStatus"] for bill in site.bills(number)] == ["C"]


def test_a_new_order_arrives_within_seconds_and_is_told(served: tuple[Site, Command]) -> None:
    site, daemon = served
    number = site.order()
    wait_for(lambda: arrived(site, number), 30, daemon)
    wait_for(lambda: site.told(number)[0] == "已进ERP", 30, daemon)


def test_health_says_that_all_is_well(served: tuple[Site, Command]) -> None:
    site, _ = served
    status, report = health(site)
    assert (status, report["ok"]) == (200, True)


def test_it_says_where_it_runs_until_it_ends(quick: Site) -> None:
    there = f"{socket.gethostname()}:{os.getpid()}"
    with serving(quick) as daemon:
        wait_for(lambda: quick.app.status()["daemons"] == [there], 30, daemon)
    assert quick.app.status()["daemons"] == []


def test_one_that_is_silent_for_a_minute_is_not_said_to_run(quick: Site) -> None:
    store = quick.app.system.store
    with store.transaction() as tx:
        feeds.sign(store, tx, "there:7:ab")
    assert quick.app.status()["daemons"] == ["there:7"]
    quick.clock.advance(61)
    assert quick.app.status()["daemons"] == []
    with store.transaction() as tx:
        feeds.sign(store, tx, "here:8:cd")
        assert [row.name for row in tx.execute(select(leases)) if "there" in row.name] == []


def test_sigterm_ends_it_orderly(quick: Site) -> None:
    with quick.daemon() as daemon:
        wait_for(lambda: health(quick), 60, daemon)
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(30) == 0
    log = quick.log.read_text("utf-8")
    assert '"stopped"' in log
    assert "Traceback" not in log


def test_a_signal_in_the_very_moment_of_starting_is_heard(
    quick: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon = Daemon(quick.config, quick.clock)  # type: ignore[arg-type]
    clear = daemon._changed.clear

    def signalled() -> None:
        daemon.stop()
        clear()

    monkeypatch.setattr(daemon._changed, "clear", signalled)
    thread = threading.Thread(target=daemon.serve, daemon=True)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()


def test_an_edited_mapping_is_taken_up_and_a_broken_edit_is_not(quick: Site) -> None:
    quick.flow("orders", until="saved")

    def carried(remark: str) -> Any:
        number = quick.order(remark=remark)
        quick.clock.advance(2)
        wait_for(lambda: quick.bills(number), 30)
        return quick.bill(number).get("FLinkPhone")

    with serving(quick) as daemon:
        assert not carried("备注")
        first = daemon._app
        old = "FLinkPhone:            ship_to_phone"
        quick.mapping("kingdee_galaxy", "sales_order", (old, "FLinkPhone: special_terms"))
        wait_for(lambda: daemon._app is not first, 30)
        assert carried("电话") == "电话"
        quick.mapping("kingdee_galaxy", "sales_order", ("special_terms, max", "special_term, max"))
        wait_for(lambda: health(quick)[0] == 503, 30)
        assert "special_term" in json.dumps(health(quick)[1])
        assert carried("仍然") == "仍然"


def test_once_a_broken_edit_is_mended_all_is_well_again(quick: Site) -> None:
    daemon = Daemon(quick.config)
    good = quick.config.read_text("utf-8")
    try:
        touch(quick, good.replace("max_creates", "max_create"))
        daemon._reload()
        report = daemon.health.report()
        assert (report["ok"], len(report["troubles"])) == (False, 1)
        touch(quick, good)
        daemon._reload()
        assert daemon.health.report()["troubles"] == {}
    finally:
        daemon._app.close()


def touch(site: Site, text: str) -> None:
    """Write the configuration; its stamp moves for certain."""
    stamp = site.config.stat().st_mtime + 5
    site.config.write_text(text, encoding="utf-8")
    os.utime(site.config, (stamp, stamp))


def test_after_kill_9_in_the_middle_of_a_write_there_is_one_bill(quick: Site) -> None:
    quick.erp.faults.set([{"do": "delay", "operation": "*Save", "form": BILL, "seconds": 0.8}])
    number = quick.order()
    with quick.daemon() as daemon:
        wait_for(lambda: quick.bills(number), 60, daemon, pause=0.02)
        daemon.kill()
    quick.erp.faults.set([])
    assert quick.bill(number)["FDocumentStatus"] == "A"
    with quick.daemon() as daemon:
        wait_for(lambda: arrived(quick, number), 60, daemon)
        wait_for(lambda: quick.told(number)[0] == "已进ERP", 20, daemon)
    created = [e for e in quick.written(form=BILL) if e.operation == "create"]
    assert len(created) == 1


def test_a_second_daemon_on_one_store_says_so_and_ends(served: tuple[Site, Command]) -> None:
    site, daemon = served
    ran = site.cli("run", lang="")
    assert ran.code == 1, ran
    assert len(ran.words) == 1
    assert "connector.db 正由另一个进程使用" in ran.words[0]
    assert "Traceback" not in ran.err
    number = site.order()
    wait_for(lambda: arrived(site, number), 30, daemon)
    created = [e for e in site.written(form=BILL) if e.operation == "create"]
    assert len(created) == len({e.key for e in created}) == len(site.bills())


def test_run_speaks_the_language_that_was_asked_for(site: Site) -> None:
    site.sync()
    with FileLock(f"{site.directory / 'connector.db'}.lock"):
        ran = site.cli("run", lang="en")
    assert ran.code == 1
    assert "is in use by another process" in ran.words[0]


def test_a_command_is_handed_to_the_running_daemon(served: tuple[Site, Command]) -> None:
    site, daemon = served
    number = site.order()
    wait_for(lambda: arrived(site, number), 30, daemon)
    ran = site.cli("sync", "--json")
    assert ran.code == 0, ran
    assert "orders" in ran.json["flows"]
    ran = site.cli("plan", "orders", "--json")
    assert ran.code == 0, ran


def test_a_slow_erp_does_not_keep_the_daemon_from_ending_within_seconds(quick: Site) -> None:
    with quick.daemon() as daemon:
        first = quick.order()
        wait_for(lambda: arrived(quick, first), 60, daemon)
        quick.erp.faults.set([{"do": "delay", "operation": "*Save", "form": BILL, "seconds": 0.5}])
        for _ in range(300):  # more than two workers take at once, fifty a batch
            quick.order()
        wait_for(lambda: len(quick.bills()) > 1, 20, daemon)
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(timeout=10) == 0
    log = quick.log.read_text("utf-8")
    assert '"stopped"' in log
    assert len(quick.bills()) < 301


def test_the_same_signal_again_ends_at_once_and_costs_nothing(quick: Site) -> None:
    with quick.daemon() as daemon:
        first = quick.order()
        wait_for(lambda: arrived(quick, first), 60, daemon)
        quick.erp.faults.set([{"do": "delay", "operation": "*Save", "form": BILL, "seconds": 0.8}])
        second = quick.order()
        wait_for(lambda: quick.bills(second), 20, daemon, pause=0.02)
        daemon.send_signal(signal.SIGTERM)
        log = quick.log
        wait_for(lambda: '"stopping"' in log.read_text("utf-8"), 5, daemon, pause=0.02)
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(timeout=5) == -signal.SIGTERM
    quick.erp.faults.set([])
    with quick.daemon() as daemon:
        wait_for(lambda: arrived(quick, second), 60, daemon)


def test_a_broken_edit_is_logged_in_words_with_its_places(quick: Site) -> None:
    with quick.daemon() as daemon:
        wait_for(lambda: health(quick), 60, daemon)
        touch(quick, quick.config.read_text("utf-8").replace("max_creates", "max_create"))
        log = quick.log
        wait_for(lambda: "configuration_broken" in log.read_text("utf-8"), 20, daemon)
    line = next(line for line in log.read_text("utf-8").splitlines() if "_broken" in line)
    (problem, *_) = json.loads(line)["problems"]
    assert "config.yaml:" in problem
    assert "max_create" in problem
    assert list(json.loads(line))[:3] == ["timestamp", "level", "event"]


def test_a_secret_in_a_file_that_changes_is_taken_up(quick: Site) -> None:
    secret = quick.directory / "secret"
    secret.write_text(quick.env["KINGDEE_APP_SECRET"], encoding="utf-8")
    quick.connection("erp", app_secret="${file:secret}")
    daemon = Daemon(quick.config)
    before = daemon._app
    try:
        daemon._reload()
        assert daemon._app is before
        stamp = secret.stat().st_mtime + 5
        os.utime(secret, (stamp, stamp))
        daemon._reload()
        assert daemon._app is not before
    finally:
        daemon._app.close()
        before.close()


def test_an_edit_of_the_file_below_is_taken_up(quick: Site) -> None:
    below = quick.config.rename(quick.directory / "shared.yaml")
    quick.config.write_text("extends: shared.yaml\nworkers: 3\n", encoding="utf-8")
    daemon = Daemon(quick.config)
    before = daemon._app
    try:
        daemon._reload()
        assert daemon._app is before
        below.write_text(below.read_text("utf-8") + "keep: {changes: 1d}\n", encoding="utf-8")
        daemon._reload()
        assert (daemon._app.config.workers, daemon._app.config.keep.changes) == (3, 86_400)
    finally:
        daemon._app.close()
        before.close()


def test_a_start_ends_the_pauses_that_failures_made_and_no_other(quick: Site) -> None:
    assert quick.cli("connection", "pause", "crm").code == 0
    store = quick.app.system.store
    with store.transaction() as tx:
        feeds.save_connection(store, tx, "erp", paused_until=store.now(tx) + 3600, failures=9)

    def paused(name: str) -> bool:
        with store.reading() as tx:
            return bool(feeds.connection(tx, name).paused_until)

    with quick.daemon() as process:
        wait_for(lambda: not paused("erp"), process=process)
        assert paused("crm")


def test_a_command_that_came_between_two_versions_is_waited_for(quick: Site) -> None:
    daemon = Daemon(quick.config)
    daemon._served = True
    lock = FileLock(f"{quick.directory / 'connector.db'}.lock")
    lock.acquire()
    found: list[Any] = []

    def enter() -> None:
        with ExitStack() as held:
            found.append(daemon._engine(daemon._app, held))

    thread = threading.Thread(target=enter)
    thread.start()
    lock.release()
    thread.join(timeout=20)
    daemon._app.close()
    assert len(found) == 1
    assert found[0] is not None


def test_a_command_that_fails_in_the_daemon_is_answered(quick: Site) -> None:
    with quick.app.system.store.transaction() as tx:
        id = journal.ask(tx, 0.0, "sync", {"names": ["ordres"]})
        other = journal.ask(tx, 0.0, "sync", {"nonsense": 1})
    quick.app.carry_out_commands()
    with quick.app.system.store.reading() as tx:
        first, second = journal.answered(tx, id), journal.answered(tx, other)
    assert "ordres" in str(load(first["errors"]["sync"]))
    assert "TypeError" in str(load(second["errors"]["sync"]))


def test_a_part_that_cannot_store_stays_in_trouble_while_others_work(quick: Site) -> None:
    daemon = Daemon(quick.config)

    def full() -> None:
        raise StoreUnavailable("database or disk is full")

    daemon._safely("deliver", full)()
    daemon._safely("recover", lambda: None)()
    assert daemon.health.report()["troubles"] == {"deliver": "database or disk is full"}
    daemon._safely("deliver", lambda: None)()
    assert daemon.health.report()["ok"]
    daemon._app.close()
