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
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from connector.daemon import Daemon
from connector.messages import load
from connector.store import journal
from tests.system.company import SMALL
from tests.system.site import BILL, Site, opened, wait_for


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Site]:
    """A site whose daemon is quick: short timeouts, readings every second, a health page."""
    with opened(tmp_path, SMALL) as site:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with site.settings() as config:
            config["health"] = f"127.0.0.1:{port}"
            config["connections"]["crm"].update(timeout=2, settle=10.5)
            config["connections"]["erp"].update(timeout=2, settle=6.5)
            for flow in config["flows"].values():
                flow["every"] = "1s"
        yield site


def health(site: Site) -> tuple[int, dict[str, Any]]:
    address = next(
        line.split()[1] for line in site.config.read_text("utf-8").splitlines() if "health" in line
    )
    try:
        with urllib.request.urlopen(f"http://{address}/health", timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def arrived(site: Site, number: str) -> bool:
    return [bill["FDocumentStatus"] for bill in site.bills(number)] == ["C"]


def test_a_new_order_arrives_within_seconds_and_is_told(served: Site) -> None:
    with served.daemon() as daemon:
        first = served.order()
        wait_for(lambda: arrived(served, first), 60, daemon)
        second = served.order()
        wait_for(lambda: arrived(served, second), 15, daemon)
        wait_for(lambda: served.told(second)[0] == "已进ERP", 15, daemon)


def test_health_is_served_and_sigterm_ends_orderly(served: Site) -> None:
    with served.daemon() as daemon:
        status, report = wait_for(lambda: health(served), 60, daemon)
        assert (status, report["ok"]) == (200, True)
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(timeout=30) == 0
    log = (served.directory / "daemon.log").read_text("utf-8")
    assert '"stopped"' in log
    assert "Traceback" not in log


def test_an_edited_mapping_is_taken_up_and_a_broken_edit_is_not(served: Site) -> None:
    served.flow("orders", until="saved")
    with served.daemon() as daemon:
        first = served.order(remark="备注")
        wait_for(lambda: served.bills(first), 60, daemon)
        served.mapping(
            "kingdee_galaxy",
            "sales_order",
            ("FLinkPhone:            ship_to_phone", "FLinkPhone: special_terms"),
        )
        log = served.directory / "daemon.log"
        wait_for(lambda: "configuration_changed" in log.read_text("utf-8"), 30, daemon)
        second = served.order(remark="电话")
        wait_for(lambda: served.bills(second), 20, daemon)
        assert served.bill(second)["FLinkPhone"] == "电话"
        assert not served.bill(first).get("FLinkPhone")
        served.mapping("kingdee_galaxy", "sales_order", ("special_terms, max", "special_term, max"))
        wait_for(lambda: health(served)[0] == 503, 30, daemon)
        assert "special_term" in json.dumps(health(served)[1])
        third = served.order(remark="仍然")
        wait_for(lambda: served.bills(third), 20, daemon)
        assert served.bill(third)["FLinkPhone"] == "仍然"


def test_once_a_broken_edit_is_mended_all_is_well_again(served: Site) -> None:
    daemon = Daemon(served.config)
    good = served.config.read_text("utf-8")
    try:
        touch(served, good.replace("max_creates", "max_create"))
        daemon._reload()
        report = daemon.health.report()
        assert (report["ok"], len(report["troubles"])) == (False, 1)
        touch(served, good)
        daemon._reload()
        assert daemon.health.report()["troubles"] == {}
    finally:
        daemon._app.close()


def touch(site: Site, text: str) -> None:
    """Write the configuration; its stamp moves for certain."""
    stamp = site.config.stat().st_mtime + 5
    site.config.write_text(text, encoding="utf-8")
    os.utime(site.config, (stamp, stamp))


def test_after_kill_9_in_the_middle_of_a_write_there_is_one_bill(served: Site) -> None:
    with served.daemon() as daemon:
        first = served.order()
        wait_for(lambda: arrived(served, first), 60, daemon)
        served.erp.faults.set([{"do": "delay", "operation": "*Save", "form": BILL, "seconds": 1.8}])
        second = served.order()
        wait_for(lambda: served.bills(second), 20, daemon, pause=0.02)
        daemon.kill()
        daemon.wait(timeout=10)
    served.erp.faults.set([])
    assert served.bill(second)["FDocumentStatus"] == "A"
    with served.daemon() as daemon:
        wait_for(lambda: arrived(served, second), 60, daemon)
        wait_for(lambda: served.told(second)[0] == "已进ERP", 20, daemon)
        created = [e for e in served.written(form=BILL) if e.operation == "create"]
        assert len(created) == 2


def test_a_second_daemon_on_one_store_says_so_and_ends(served: Site) -> None:
    with served.daemon() as daemon:
        first = served.order()
        wait_for(lambda: arrived(served, first), 60, daemon)
        with served.settings() as config:
            config["health"] = ""
        ran = served.cli("run", lang="")
        assert ran.code == 1, ran
        assert len(ran.words) == 1
        assert "connector.db 正由另一个进程使用" in ran.words[0]
        assert "Traceback" not in ran.err
        second = served.order()
        wait_for(lambda: arrived(served, second), 30, daemon)
    assert len([e for e in served.written(form=BILL) if e.operation == "create"]) == 2


def test_run_speaks_the_language_that_was_asked_for(site: Site) -> None:
    site.sync()
    with FileLock(f"{site.directory / 'connector.db'}.lock"):
        ran = site.cli("run", lang="en")
    assert ran.code == 1
    assert "is in use by another process" in ran.words[0]


def test_a_command_is_handed_to_the_running_daemon(served: Site) -> None:
    with served.daemon() as daemon:
        number = served.order()
        wait_for(lambda: arrived(served, number), 60, daemon)
        ran = served.cli("sync", "--json")
        assert ran.code == 0, ran
        assert "orders" in ran.json["flows"]
        ran = served.cli("plan", "orders", "--json")
        assert ran.code == 0, ran


def test_a_slow_erp_does_not_keep_the_daemon_from_ending_within_seconds(served: Site) -> None:
    with served.daemon() as daemon:
        first = served.order()
        wait_for(lambda: arrived(served, first), 60, daemon)
        served.erp.faults.set([{"do": "delay", "operation": "*Save", "form": BILL, "seconds": 1}])
        for _ in range(60):
            served.order()
        wait_for(lambda: len(served.bills()) > 1, 20, daemon)
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(timeout=10) == 0
    log = (served.directory / "daemon.log").read_text("utf-8")
    assert '"stopped"' in log


def test_the_same_signal_again_ends_at_once_and_costs_nothing(served: Site) -> None:
    with served.daemon() as daemon:
        first = served.order()
        wait_for(lambda: arrived(served, first), 60, daemon)
        served.erp.faults.set([{"do": "delay", "operation": "*Save", "form": BILL, "seconds": 1.8}])
        second = served.order()
        wait_for(lambda: served.bills(second), 20, daemon, pause=0.02)
        daemon.send_signal(signal.SIGTERM)
        log = served.directory / "daemon.log"
        wait_for(lambda: '"stopping"' in log.read_text("utf-8"), 5, daemon, pause=0.02)
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(timeout=5) == -signal.SIGTERM
    served.erp.faults.set([])
    with served.daemon() as daemon:
        wait_for(lambda: arrived(served, second), 60, daemon)


def test_a_broken_edit_is_logged_in_words_with_its_places(served: Site) -> None:
    with served.daemon() as daemon:
        wait_for(lambda: health(served), 60, daemon)
        touch(served, served.config.read_text("utf-8").replace("max_creates", "max_create"))
        log = served.directory / "daemon.log"
        wait_for(lambda: "configuration_broken" in log.read_text("utf-8"), 20, daemon)
    line = next(line for line in log.read_text("utf-8").splitlines() if "_broken" in line)
    (problem, *_) = json.loads(line)["problems"]
    assert "config.yaml:" in problem
    assert "max_create" in problem
    assert list(json.loads(line))[:3] == ["timestamp", "level", "event"]


def test_a_secret_in_a_file_that_changes_is_taken_up(served: Site) -> None:
    secret = served.directory / "secret"
    secret.write_text(served.env["KINGDEE_APP_SECRET"], encoding="utf-8")
    served.connection("erp", app_secret="${file:secret}")
    daemon = Daemon(served.config)
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


def test_a_command_that_came_between_two_versions_is_waited_for(served: Site) -> None:
    daemon = Daemon(served.config)
    daemon._served = True
    lock = FileLock(f"{served.directory / 'connector.db'}.lock")
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


def test_a_command_that_fails_in_the_daemon_is_answered(served: Site) -> None:
    with served.app.system.store.transaction() as tx:
        id = journal.ask(tx, 0.0, "sync", {"names": ["ordres"]})
        other = journal.ask(tx, 0.0, "sync", {"nonsense": 1})
    served.app.carry_out_commands()
    with served.app.system.store.reading() as tx:
        first, second = journal.answered(tx, id), journal.answered(tx, other)
    assert "ordres" in str(load(first["errors"]["sync"]))
    assert "TypeError" in str(load(second["errors"]["sync"]))
