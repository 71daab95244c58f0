"""One side is put back to an earlier day: nothing is doubled, nothing old goes out."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tests.system.site import ORDER, Site, sold


def put_back(site: Site, backup: Path) -> None:
    """An administrator copies yesterday's store over today's."""
    site.restart()
    for name in ("connector.db-wal", "connector.db-shm"):
        (site.directory / name).unlink(missing_ok=True)
    shutil.copy(backup, site.directory / "connector.db")


def backed_up(site: Site) -> Path:
    target = site.directory / "backup.db"
    assert site.cli("store", "backup", str(target)).code == 0
    return target


def blind(site: Site) -> None:
    """Orders carry no mark of ours: nobody can look them up (class C)."""
    site.mapping(
        "kingdee_galaxy", "sales_order", ("reference: {field: F_CRM_Ref, unique: false}", "#")
    )


def test_an_old_store_sends_nothing_before_all_has_settled_and_both_sides_are_read(
    saved: Site,
) -> None:
    first = saved.order(remark="old")
    saved.sync()
    backup = backed_up(saved)
    saved.in_crm("edit", number=first, fields={"remark": "new"})
    second = saved.order()
    saved.sync()
    put_back(saved, backup)
    before = saved.marks()
    assert "store" in saved.try_sync()["errors"]
    assert saved.written(before) == []
    saved.clock.advance(120)
    saved.sync()
    assert len(saved.bills(second)) == 1
    assert saved.bill(first)["FNote"] == "new"
    assert [e for e in saved.written(before) if e.form == "SAL_SaleOrder"] == []
    status = saved.cli("status")
    assert "store trust" in status.out
    assert saved.cli("store", "trust").code == 0
    assert "store trust" not in saved.cli("status").out


def test_where_nothing_can_be_looked_up_nothing_is_created_until_a_person_has_compared(
    site: Site,
) -> None:
    blind(site)
    site.order()
    site.sync()
    backup = backed_up(site)
    number = site.order()
    site.sync()
    count = len(site.erp.records("SAL_SaleOrder"))
    put_back(site, backup)
    site.clock.advance(120)
    for _ in range(2):
        site.try_sync()
        site.clock.advance(120)
    assert site.delivery(number).reason == "unknown"
    assert len(site.erp.records("SAL_SaleOrder")) == count
    resolved = site.cli("failures", "resolve", "orders", number, "--entered-as", number)
    assert resolved.code == 0, resolved.err
    assert site.app.trust_store()
    new = site.order()
    site.sync()
    assert site.delivery(new).state == "in_sync"


def test_a_bill_left_half_done_by_what_the_store_forgot_is_still_audited(site: Site) -> None:
    site.flow("orders", on_change="unaudit")
    number = site.order(remark="old")
    site.sync()
    backup = backed_up(site)
    site.in_crm("edit", number=number, fields={"remark": "new"})
    site.erp.faults.set([{"do": "status", "operation": "*Submit"}])
    site.try_sync()
    site.erp.faults.set([])
    bill = site.bill(number)
    assert (bill["FNote"], bill["FDocumentStatus"]) == ("new", "D")
    put_back(site, backup)
    site.try_sync()
    site.clock.advance(120)
    site.sync()
    assert site.bill(number)["FDocumentStatus"] == "C"


def test_a_store_that_nobody_saw_put_back_is_careful_when_told(site: Site) -> None:
    site.sync()
    site.order()
    assert site.cli("store", "restored").code == 0
    assert "store" in site.try_sync()["errors"]


def test_an_upgrade_is_rehearsed_on_a_copy(site: Site) -> None:
    site.order()
    site.sync()
    ran = site.cli("store", "upgrade", "--rehearse", "--json")
    assert ran.json["rows"]["links"] > 0
    assert not list(site.directory.glob("*/rehearsal.db"))


def test_what_the_erp_lost_is_named_and_exactly_that_brought_back(site: Site) -> None:
    kept = [site.order() for _ in range(2)]
    site.sync()
    site.in_erp("snapshot")
    lost = [site.order() for _ in range(80)]
    site.sync()
    site.in_erp("restore")
    stranger = site.in_erp("make_bill", model=typed(site.bill(kept[0])))["number"]
    told = site.cli("reconcile", "orders")
    assert told.code == 3
    assert [number in told.out for number in (*kept, *lost)] == [False] * 2 + [True] * 80
    shown = site.cli("resync", "orders", "--missing", "--dry-run", "--json")
    assert (shown.code, sorted(item["number"] for item in shown.json["missing"])) == (3, lost)
    before = site.marks()
    assert site.cli("resync", "orders", "--missing").code == 0
    made = [e for e in site.written(before, "SAL_SaleOrder") if e.operation == "create"]
    assert len(made) == 80
    assert all(len(site.bills(number)) == 1 for number in (*kept, *lost))
    assert [b["FBillNo"] for b in site.erp.records("SAL_SaleOrder")].count(stranger) == 1


def test_what_was_changed_or_cancelled_since_the_erps_backup_is_so_once_more(saved: Site) -> None:
    saved.flow("orders", gone="cancel")
    changed, cancelled, _ = (saved.order(remark="old") for _ in range(3))
    saved.sync()
    saved.in_erp("snapshot")
    saved.clock.advance(days=1)
    saved.in_crm("edit", number=changed, fields={"remark": "new"})
    saved.in_crm("invalidate", form=ORDER, number=cancelled)
    saved.sync()
    assert saved.bill(cancelled)["FCancelStatus"] == "B"
    saved.in_erp("restore")
    assert (saved.bill(cancelled)["FCancelStatus"], saved.bill(changed)["FNote"]) == ("A", "old")
    day = str(saved.clock.today())
    assert saved.cli("resync", "orders", "--missing", "--dry-run").code == 0
    shown = saved.cli("resync", "orders", "--missing", "--since", day, "--dry-run", "--json")
    kinds = {item["number"]: item["kind"] for item in shown.json["missing"]}
    assert (shown.code, kinds) == (3, {changed: "drift", cancelled: "withdrawn"})
    assert saved.cli("resync", "orders", "--missing", "--since", day).code == 0
    assert (saved.bill(cancelled)["FCancelStatus"], saved.bill(changed)["FNote"]) == ("B", "new")
    assert saved.cli("resync", "orders", "--missing", "--dry-run").code == 0


def test_a_store_is_found_to_be_old_though_nothing_was_started_since_its_backup(
    saved: Site,
) -> None:
    saved.sync()
    backup = backed_up(saved)
    put_back(saved, backup)
    assert "store" in saved.try_sync()["errors"]


def test_a_bill_typed_by_hand_is_adopted_by_one_command_and_then_updated(saved: Site) -> None:
    first = saved.order(sold("M1", 1, 5))
    saved.sync()
    number = saved.order(sold("M1", 1, 5), remark="备" * 100)
    saved.sync()
    assert saved.delivery(number).state == "stopped"
    bill = saved.in_erp("make_bill", model=typed(saved.bill(first)))["number"]
    assert saved.cli("failures", "resolve", "orders", number, "--entered-as", bill).code == 0
    before = saved.marks()
    saved.in_crm("edit", number=number, fields={"remark": "short"})
    saved.sync()
    [entry] = [e for e in saved.written(before, "SAL_SaleOrder") if e.operation == "update"]
    assert (entry.number, len(saved.erp.records("SAL_SaleOrder"))) == (bill, 2)


def typed(bill: dict[str, Any]) -> dict[str, Any]:
    """What a clerk enters who types a bill like this one."""
    row = bill["FSaleOrderEntry"][0]
    return {
        "FBillTypeID": {"FNUMBER": "XSDD01_SYS"},
        "FDate": bill["FDate"],
        "FSaleOrgId": {"FNumber": "100"},
        "FCustId": {"FNumber": bill["FCustId"]["FNumber"]},
        "FSalerId": {"FNumber": bill["FSalerId"]["FNumber"]},
        "FSaleOrderFinance": {"FSettleCurrId": {"FNumber": "PRE001"}},
        "FSaleOrderEntry": [
            {
                "FMaterialId": {"FNumber": row["FMaterialId"]["FNumber"]},
                "FUnitID": {"FNumber": row["FUnitID"]["FNumber"]},
                "FSettleOrgIds": {"FNumber": "100"},
                "FReserveType": "1",
                "FOUTLMTUNIT": "SAL",
                "FDeliveryDate": row["FDeliveryDate"],
                "FQty": 1,
                "FTaxPrice": 5,
            }
        ],
    }
