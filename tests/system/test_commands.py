"""Line 7: what the command line shows, and that looking changes nothing."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from connector.store import journal
from tests.system.company import SMALL
from tests.system.processes import ROOT
from tests.system.site import Ran, Site, opened, sold, wait_for

COUNTS = {
    "read", "new", "changed", "same", "refused",
    "written", "failed", "waiting", "conflicts", "in_doubt",
}  # fmt: skip
LOOKS = {
    "plan": ("plan", "orders", "--json"),
    "plan in words": ("plan", "orders"),
    "plan one": ("plan", "orders", "--key", "changed", "--json"),
    "trace": ("trace", "sales_order", "changed"),
    "trace json": ("trace", "sales_order", "changed", "--json"),
    "trace nobody": ("trace", "sales_order", "nobody"),
    "status": ("status", "--json"),
    "failures": ("failures", "list", "--json"),
    "reconcile": ("reconcile", "orders", "--json"),
    "link": ("link", "show", "sales_order", "changed", "--json"),
    "dry": ("resync", "orders", "--all", "--dry-run", "--json"),
    "dry in words": ("resync", "orders", "--all", "--dry-run"),
    "status in words": ("status",),
    "failures in words": ("failures", "list"),
    "failure": ("failures", "show", "orders", "refused", "--json"),
    "failure in words": ("failures", "show", "orders", "refused"),
    "no failure": ("failures", "show", "orders", "same"),
    "failure of nobody": ("failures", "show", "orders", "nobody"),
    "failures of no flow": ("failures", "list", "ordres"),
    "trace of no object": ("trace", "sales_ordr", "changed"),
    "reconcile in words": ("reconcile", "orders"),
    "reconcile onto": ("reconcile", "delivery_status"),
    "link of nobody": ("link", "show", "sales_order", "nobody"),
    "link of a reader": ("link", "set", "production", "a", "b"),
    "link again": ("link", "create", "orders", "same"),
    "backup nowhere": ("store", "backup", "/nowhere/at/all.db"),
    "upgrade": ("store", "upgrade", "--json"),
    "rules": ("mapping", "show", "orders"),
    "retry nobody": ("failures", "retry", "orders", "--key", "nobody"),
}


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, dict[str, Ran], Any]]:
    """A site with an order changed in the CRM, one changed in the ERP, one changed in both, one
    refused and a new one; what each command says; and what was written while looking."""
    with opened(tmp_path_factory.mktemp("looked"), SMALL) as site:
        site.flow("orders", until="saved")
        for number in ("changed", "drifted", "both", "same"):
            site.order(sold("M1", 2), sold("M2", 3, "5.65"), number=number, remark="旧")
        site.order(number="refused", remark="备" * 100)
        site.sync()
        site.in_crm("edit_line", order="changed", line_no=1, fields={"quantity": "9"})
        site.in_crm("edit", number="changed", fields={"remark": "新"})
        site.in_erp("edit", number="drifted", fields={"FNote": "clerk"})
        site.in_erp("edit", number="both", fields={"FNote": "clerk"})
        site.in_crm("edit", number="both", fields={"remark": "新"})
        site.order(number="new")
        site.restart()
        site.clock.advance(2)
        before = site.marks()
        first, *others = LOOKS.values()
        rans = [site.cli(*first)]  # it reads the source; the others may look side by side then
        with ThreadPoolExecutor(2) as pool:
            rans += pool.map(lambda args: site.cli(*args), others)
        yield site, dict(zip(LOOKS, rans, strict=True)), site.written(before)


def test_looking_writes_nothing(looked: Any) -> None:
    _, _, written = looked
    assert written == []


def planned(ran: Ran) -> dict[str, Any]:
    assert ran.code == 0, ran
    return {item["number"]: item for item in ran.json["plan"]}


def test_plan_shows_an_update_field_by_field_against_what_the_erp_holds(looked: Any) -> None:
    site, rans, _ = looked
    item = planned(rans["plan"])["changed"]
    assert (item["action"], item["target_number"]) == ("update", "changed")
    writes = {w["path"].rpartition("/")[2]: (w["base"], w["ours"]) for w in item["writes"]}
    assert writes["FNote"] == ("旧", "新")
    assert [float(value) for value in writes["FQty"]] == [2, 9]
    assert set(writes) == {"FNote", "FQty", "FAllAmount"}
    assert site.bill("changed")["FNote"] == "旧"


def test_plan_shows_a_create_with_every_field(looked: Any) -> None:
    _, rans, _ = looked
    item = planned(rans["plan"])["new"]
    assert item["action"] == "create"
    paths = {write["path"] for write in item["writes"]}
    assert {"FDate", "FCustId.FNumber", "FBillNo"} <= paths


def test_plan_shows_a_conflict_with_all_three_values(looked: Any) -> None:
    _, rans, _ = looked
    item = planned(rans["plan"])["both"]
    assert item["action"] == "stop"
    conflict = item["conflicts"][0]
    assert (conflict["path"], conflict["base"]) == ("FNote", "旧")
    assert (conflict["ours"], conflict["theirs"]) == ("新", "clerk")


def test_plan_leaves_out_what_is_in_sync_and_tells_what_is_stopped(looked: Any) -> None:
    _, rans, _ = looked
    found = planned(rans["plan"])
    assert "same" not in found
    assert found.get("refused", {"action": "stop"})["action"] == "stop"
    assert set(planned(rans["plan one"])) == {"changed"}


def test_plan_in_words_shows_old_and_new(looked: Any) -> None:
    _, rans, _ = looked
    lines = [line.strip() for line in rans["plan in words"].out.splitlines()]
    assert "FNote: 旧 → 新" in lines
    assert any(line.startswith("create  new") for line in lines)
    assert any(line.endswith("].FQty: 2 → 9") for line in lines)
    assert "create 1" in lines[-1]


def test_trace_tells_the_story_in_order_with_times_and_the_erp_s_number(looked: Any) -> None:
    _, rans, _ = looked
    ran = rans["trace json"]
    assert ran.code == 0
    story = ran.json["stories"][0]
    assert story["number"] == "changed"
    assert [link["target_number"] for link in story["links"]] == ["changed"]
    times = [event["at"] for event in story["events"]]
    assert times == sorted(times)
    kinds = [event["what"] for event in story["events"]]
    assert kinds.index("source_new") < kinds.index("created") <= kinds.index("link_created")
    words = rans["trace"].out
    assert "= erp changed" in words
    told = [line.split() for line in words.splitlines()]
    assert any(line[2:] == ["erp", "counterpart", "changed"] for line in told), words
    assert "line 1: quantity: 2 → 9" in words


def test_trace_of_a_number_that_nobody_knows_fails(looked: Any) -> None:
    _, rans, _ = looked
    assert rans["trace nobody"].code == 1
    assert rans["trace nobody"].words


REFUSED = {
    "no failure": (1, ("same", "connector trace")),
    "failure of nobody": (1, ("nobody",)),
    "failures of no flow": (2, ("ordres", "orders")),
    "trace of no object": (2, ("sales_ordr", "sales_order")),
    "trace nobody": (1, ("nobody",)),
    "reconcile onto": (2, ("delivery_status",)),
    "link of nobody": (1, ("nobody",)),
    "link of a reader": (2, ("production", "only reads")),
    "link again": (1, ("same", "connector link remove")),
    "backup nowhere": (1, ("not made", "folder")),
    "retry nobody": (1, ("nobody", "orders")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_done_is_told_in_one_sentence(looked: Any, name: str) -> None:
    _, rans, _ = looked
    code, words = REFUSED[name]
    assert rans[name].code == code, rans[name]
    assert len(rans[name].words) == 1, rans[name].err
    assert [word for word in words if word not in rans[name].words[0]] == []
    assert "Traceback" not in rans[name].err


def test_failures_tell_the_reason_who_acts_and_the_command_to_paste(looked: Any) -> None:
    _, rans, _ = looked
    item = rans["failure"].json["failures"][0]
    assert (item["number"], item["reason"]) == ("refused", "mapping")
    assert "connector resync orders --key refused" in item["do"]
    for name in ("failures in words", "failure in words"):
        assert "FNote" in rans[name].out
        assert "connector resync orders --key refused" in rans[name].out


def test_status_tells_what_waits_and_that_no_daemon_runs(looked: Any) -> None:
    _, rans, _ = looked
    assert rans["status"].json["daemon"] is False
    told = [line.split() for line in rans["status in words"].out.splitlines()]
    assert any(line[:2] == ["orders", "stopped"] and "mapping" in line for line in told)


def test_reconcile_tells_the_number_and_the_way_to_repair(looked: Any) -> None:
    _, rans, _ = looked
    assert rans["reconcile"].code == 3
    kinds = {(f["kind"], f["number"]) for f in rans["reconcile"].json["findings"]}
    assert ("drift", "drifted") in kinds
    assert "connector reconcile orders --repair" in rans["reconcile in words"].out


def test_a_dry_resync_is_a_plan(looked: Any) -> None:
    _, rans, _ = looked
    assert rans["dry in words"].code == 0
    assert {item["number"] for item in rans["dry"].json["plan"]} >= {"changed", "both"}
    assert "same" not in {item["number"] for item in rans["dry"].json["plan"]}


def test_tables_in_a_pipe_lose_nothing(looked: Any) -> None:
    _, rans, _ = looked
    assert "FSaleOrderFinance.FExchangeTypeId.FNumber" in rans["rules"].out
    assert "delivery_status" in rans["status in words"].out


def test_status_counts_by_flow_and_state(looked: Any) -> None:
    _, rans, _ = looked
    ran = rans["status"]
    assert ran.code == 0
    assert set(ran.json["connections"]) == {"crm", "erp"}
    orders = ran.json["flows"]["orders"]
    assert (orders["from"], orders["to"], orders["class"]) == ("crm", "erp", "B")
    assert orders["states"]["stopped"] >= 1


def test_failures_list_says_who_acts(looked: Any) -> None:
    _, rans, _ = looked
    ran = rans["failures"]
    assert ran.code == 3
    found = {failure["number"]: failure for failure in ran.json["failures"]}
    assert found["refused"]["reason"] == "mapping"
    assert found["refused"]["who"]


def test_reconcile_finds_what_people_changed(looked: Any) -> None:
    _, rans, _ = looked
    ran = rans["reconcile"]
    assert ran.code == 3
    found = {item["target_number"]: item for item in ran.json["findings"]}
    assert set(found) == {"drifted", "both"}
    difference = found["drifted"]["differences"][0]
    assert (difference["path"], difference["theirs"]) == ("FNote", "clerk")


def test_link_show_names_both_sides(looked: Any) -> None:
    site, rans, _ = looked
    links = rans["link"].json["links"]
    assert len(links) == 1
    assert (links[0]["source_number"], links[0]["target_number"]) == ("changed", "changed")
    assert links[0]["target_key"] == str(site.bill("changed")["FID"])


def test_a_dry_resync_shows_the_plan(looked: Any) -> None:
    _, rans, _ = looked
    assert rans["dry"].code == 0
    assert "changed" in {item["number"] for item in rans["dry"].json["plan"]}


# -- commands that do something -----------------------------------------------------------------


def test_sync_prints_its_counts_by_flow_and_ends_with_0(site: Site) -> None:
    site.order()
    site.clock.advance(2)
    ran = site.cli("sync", "--json")
    assert ran.code == 0, ran
    flows = ran.json["flows"]
    assert set(flows) == set(site.app.system.flows)
    assert {frozenset(counts) for counts in flows.values()} == {frozenset(COUNTS)}
    orders = flows["orders"]
    assert (orders["new"], orders["written"], orders["failed"]) == (1, 1, 0)
    assert ran.json["errors"] == {}


def test_the_module_started_by_python_is_the_command(site: Site) -> None:
    command = [sys.executable, "-m", "connector", "status", "--json", "--config", str(site.config)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)["connections"]) == {"crm", "erp"}


def test_sync_ends_with_3_when_a_person_is_needed(site: Site) -> None:
    site.flow("orders", on_change=["edit", "ask"])
    number = site.order()
    site.sync()
    site.in_crm("edit", number=number, fields={"remark": "changed"})
    site.clock.advance(2)
    ran = site.cli("sync", "orders", "--json")
    assert ran.code == 3
    assert set(ran.json["flows"]) == {"orders"}
    assert ran.json["flows"]["orders"]["conflicts"] == 1


def test_sync_of_an_unknown_flow_ends_with_2(site: Site) -> None:
    assert site.cli("sync", "ordres").code == 2


def test_a_run_that_meets_another_one_does_its_work_when_that_has_ended(site: Site) -> None:
    site.sync()
    number = site.order()
    site.clock.advance(2)
    store = site.app.system.store

    def waits() -> bool:
        with store.reading() as tx:
            return bool(journal.asked(tx))

    with site.app.engine():
        process = site.begin("sync", "--json")
        wait_for(waits, 60, process)
        assert site.bills() == []
    try:
        assert process.wait(60) == 0
    finally:
        process.kill()
    assert len(site.bills(number)) == 1


def test_a_paused_connection_is_left_alone_until_resumed(site: Site) -> None:
    site.sync()
    number = site.order()
    assert site.cli("connection", "pause", "erp").code == 0
    before = site.marks()
    for _ in range(3):
        site.clock.advance(days=1)
        site.try_sync()
    assert site.bills() == []
    assert [e for e in [*site.erp.ledger][before[1] :] if e.kind == "request"] == []
    assert site.app.status()["connections"]["erp"]["paused"]
    assert site.cli("connection", "resume", "erp").code == 0
    site.sync()
    assert site.bill(number)["FDocumentStatus"] == "C"


def test_a_paused_flow_is_read_and_delivers_nothing_until_resumed(site: Site) -> None:
    site.sync()
    assert site.cli("flow", "pause", "orders", "--reason", "stocktaking").code == 0
    number = site.order()
    site.clock.advance(days=1)
    assert "stocktaking" in site.cli("sync").out
    assert "‖ orders" in site.cli("status").out
    assert site.bills(number) == []
    assert site.cli("flow", "pause", "stok").code == 2
    assert site.cli("flow", "resume", "orders").code == 0
    site.sync()
    assert len(site.bills(number)) == 1


def test_a_pause_says_who_acts_and_what_to_do(site: Site) -> None:
    site.sync()
    site.order()
    site.erp.faults.set([{"do": "system", "name": "licence"}])
    site.try_sync()
    status = site.cli("status")
    assert "paused until" in status.out
    assert "→ IT: look at number and term of the licences" in status.out


def test_a_person_s_pause_outlives_trouble_on_the_connection(site: Site) -> None:
    site.sync()
    number = site.order()
    site.app.change_connection("pause", "erp")
    site.erp.faults.set([{"do": "status"}])
    site.try_sync()
    site.erp.faults.set([])
    site.clock.advance(days=1)
    site.try_sync()
    assert site.app.status()["connections"]["erp"]["paused"]
    assert site.bills(number) == []


def test_a_backup_holds_what_the_store_holds(site: Site) -> None:
    site.order()
    site.sync()
    copy = site.directory / "copy.db"
    ran = site.cli("store", "backup", str(copy), "--json")
    assert ran.code == 0, ran
    with closing(sqlite3.connect(copy)) as store:
        assert store.execute("pragma integrity_check").fetchone() == ("ok",)
        deliveries = store.execute("select count(*) from deliveries").fetchone()[0]
    with closing(sqlite3.connect(site.directory / "connector.db")) as store:
        assert store.execute("select count(*) from deliveries").fetchone()[0] == deliveries > 0


def test_reconcile_with_repair_writes_ours_over_drift(saved: Site) -> None:
    number = saved.order(remark="ours")
    saved.sync()
    saved.in_erp("edit", number=number, fields={"FNote": "clerk"})
    saved.app.reconcile("orders", repair=True)
    saved.sync()
    assert saved.bill(number)["FNote"] == "ours"
    assert saved.app.reconcile("orders") == []


def test_retrying_with_ours_settles_a_conflict(saved: Site) -> None:
    number = saved.order(remark="old")
    saved.sync()
    saved.in_erp("edit", number=number, fields={"FNote": "clerk"})
    saved.in_crm("edit", number=number, fields={"remark": "ours"})
    saved.sync()
    assert saved.delivery(number).reason == "conflict"
    saved.app.retry("orders", [number], ours=True)
    saved.sync()
    assert saved.bill(number)["FNote"] == "ours"
    assert saved.delivery(number).state == "in_sync"


def test_a_link_set_by_hand_makes_updates_of_a_clerk_s_bill(saved: Site) -> None:
    saved.sync()
    first = saved.order(remark="first")
    saved.sync()
    saved.app.remove_link("orders", first)
    saved.sync()
    assert saved.delivery(first).state == "stopped"
    saved.app.set_link("orders", first, first)
    saved.in_crm("edit", number=first, fields={"remark": "second"})
    saved.sync()
    assert len(saved.bills(first)) == 1


def test_what_was_set_aside_is_no_failure_any_more(site: Site) -> None:
    number = site.order(remark="备" * 100)
    site.sync()
    assert [f["number"] for f in site.app.failures("orders")] == [number]
    site.app.discard("orders", [number])
    assert site.app.failures() == []
    assert [f["reason"] for f in site.app.failures(ignored=True)] == ["ignored"]
    assert site.sync()["orders"]["failed"] == 0


def test_only_what_stopped_or_waits_can_be_set_aside(site: Site) -> None:
    number = site.order()
    site.sync()
    assert site.app.discard("orders", [number]) == 0
    assert site.delivery(number).state == "in_sync"


def test_a_resync_tells_how_much_it_read(site: Site) -> None:
    site.order()
    site.order()
    site.sync()
    result = site.app.resync("orders", everything=True)
    assert (result["flows"]["orders"]["read"], result["flows"]["orders"]["written"]) == (2, 0)


def test_trace_tells_what_was_made_of_an_order_and_what_the_crm_was_told(site: Site) -> None:
    number = site.order(sold("M1", 2))
    site.sync()
    site.in_erp("advance_production", order_number=number, to="finished")
    site.clock.advance(700)
    site.sync()
    (story,) = site.app.trace("sales_order", number)
    events = [(event.where, event.what) for event in story.events]
    where = [place for place, _ in events]
    assert [event.at for event in story.events] == sorted(event.at for event in story.events)
    assert any(place.startswith("erp production order MO") for place in where)
    assert events.index(("crm", "source_new")) < events.index(("orders", "created"))
    assert events.index(("orders", "created")) < events.index(("delivery_status", "updated"))
    assert ("progress", "updated") in events
    assert story.zone == "Asia/Shanghai"


def test_trace_tells_what_people_decided(saved: Site) -> None:
    number = saved.order(remark="old")
    saved.sync()
    saved.in_erp("edit", number=number, fields={"FNote": "clerk"})
    saved.in_crm("edit", number=number, fields={"remark": "ours"})
    saved.sync()
    saved.app.retry("orders", [number], ours=True)
    saved.sync()
    (story,) = saved.app.trace("sales_order", number)
    told = [event.what for event in story.events]
    assert told.index("Conflict") < told.index("person_retry") < len(told) - 1


def test_plan_says_that_a_source_could_not_be_read(site: Site) -> None:
    site.sync()
    site.crm.faults.set([{"do": "status"}])
    ran = site.cli("plan", "orders")
    assert any(line.startswith("! crm: ") for line in ran.out.splitlines()), ran


def test_plan_of_many_says_that_there_are_more(site: Site) -> None:
    for _ in range(3):
        site.order()
    site.app.sync(["customers", "products", "materials"])
    site.clock.advance(2)
    made = site.app.plan("orders", limit=2)
    assert (len(made.items), made.more) == (2, True)


def test_plan_warns_where_a_bill_is_beyond_editing(site: Site) -> None:
    number = site.order()
    site.sync()
    site.in_crm("edit", number=number, fields={"remark": "changed"})
    site.clock.advance(2)
    (item,) = site.app.plan("orders").items
    assert (item.action, "change document" in item.note) == ("update", True)
    site.flow("orders", on_change=["edit", "ask"])
    (item,) = site.app.plan("orders").items
    assert "on_change" in item.note
