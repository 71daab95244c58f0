"""What stands on both sides before the first day, and what people typed by hand."""

from __future__ import annotations

from typing import Any

import pytest

from connector.errors import Rejected
from connector.operations import agreeing, linking, reconciling
from connector.operations.agreeing import Agreed
from connector.store import links
from tests.engine.factory import Site, failing, line


def typed(shop: Site, number: str = "E-77", rows: Any = None, **fields: Any) -> str:
    """A clerk's bill, under the ERP's own number and without our mark."""
    rows = rows if rows is not None else [row("r1")]
    known = {"no": number, "customer": "C1", "date": "2026-11-20", "note": "", "warehouse": "W9"}
    return shop.erp.put("bill", {**known, "rows": rows, **fields}, f"b-{number}")


def row(key: str, material: str = "M1", qty: Any = 2, amount: Any = 20) -> dict[str, Any]:
    return {"id": key, "material": material, "unit": "Pcs", "qty": qty, "amount": amount}


def written(shop: Site) -> int:
    """How often the connector wrote a bill."""
    return shop.commits() - sum(e[3].get("warehouse") == "W9" for e in shop.erp.ledger)


def baseline(shop: Site, flow: str = "orders", *keys: str) -> Agreed:
    return agreeing.baseline(shop.system, shop.system.flows[flow], keys or ("o1",), "ops")


def link(shop: Site, number: str, there: str, flow: str = "orders", **more: Any) -> Agreed:
    known = shop.system.flows[flow]
    return linking.set_link(shop.system, known, number, there, "ops", **{"agreed": False, **more})


@pytest.fixture
def used(shop: Site) -> Site:
    """Both systems are in use: an order that a clerk has typed into the ERP, and nothing linked."""
    shop.sync()
    shop.config = shop.config.replace("when: 'status", "mode: observe, when: 'status")
    shop.start()
    typed(shop)
    shop.order()
    shop.sync()
    return shop


def live(shop: Site) -> None:
    shop.config = shop.config.replace("mode: observe, ", "")
    shop.start()


def test_an_order_without_a_counterpart_never_creates(used: Site) -> None:
    assert baseline(used).unlinked == ["O1"]
    live(used)
    used.sync()
    assert (used.delivery().state, len(used.bills())) == ("in_sync", 1)
    used.order(note="urgent")
    used.sync()
    assert (used.delivery().state, used.delivery().reason) == ("stopped", "unlinked")
    assert len(used.bills()) == 1


def test_once_it_is_linked_what_changed_since_is_one_update_of_just_that(used: Site) -> None:
    baseline(used)
    live(used)
    used.order(lines=[line("1", qty=5)])
    used.sync()
    assert link(used, "O1", "E-77").linked == ["O1"]
    used.sync()
    bill = used.bill("E-77")
    assert [(r["id"], r["qty"]) for r in bill.fields["rows"]] == [("r1", 5)]
    assert bill.fields["warehouse"] == "W9"
    assert (used.delivery().state, written(used)) == ("in_sync", 1)


def test_what_a_clerk_typed_otherwise_is_left_until_it_changes_here(used: Site) -> None:
    used.erp.form("bill")["b-E-77"].fields["note"] = "clerk's"
    baseline(used)
    link(used, "O1", "E-77")
    live(used)
    used.order(lines=[line("1", qty=5)])
    used.sync()
    assert used.bill("E-77").fields["note"] == "clerk's"


def test_a_link_alone_is_no_agreement_what_differs_is_delivered(used: Site) -> None:
    used.order(note="ours")
    used.sync()
    link(used, "O1", "E-77")
    live(used)
    used.sync()
    assert written(used) == 1  # nobody took it as in agreement: the difference goes


def test_a_baseline_after_the_link_writes_nothing(used: Site) -> None:
    with used.system.store.transaction() as tx:
        ends = ("crm", "o1", "O1"), ("erp", "b-E-77", "E-77")
        made = links.row("sales_order", *ends, at=0.0, origin="ops")
        links.save(used.system.store, tx, [made])
    used.erp.form("bill")["b-E-77"].fields["note"] = "clerk's"
    assert baseline(used).linked == ["O1"]
    live(used)
    used.sync()
    assert written(used) == 0
    used.order(lines=[line("1", qty=5), line("2", qty=1)])
    used.sync()
    rows = used.bill("E-77").fields["rows"]
    assert [r["qty"] for r in rows] == [5, 1]
    assert used.bill("E-77").fields["note"] == "clerk's"


def test_an_unlinked_order_that_is_cancelled_waits_for_a_person(used: Site) -> None:
    baseline(used)
    live(used)
    used.order(status="cancelled")
    used.sync()
    assert (used.delivery().state, used.delivery().reason) == ("stopped", "unlinked")


def test_an_unlinked_order_is_created_where_a_person_says_so(used: Site) -> None:
    baseline(used)
    live(used)
    linking.create_anew(used.system, used.system.flows["orders"], "O1", "ops")
    used.sync()
    assert used.bill("O1").step == "audited"


def test_rows_that_nobody_can_tell_apart_are_a_conflict_and_never_added(used: Site) -> None:
    used.erp.form("bill")["b-E-77"].fields["rows"] = [row("r1", "M7")]
    baseline(used)
    live(used)
    assert link(used, "O1", "E-77").unclear == ["O1"]
    used.order(lines=[line("1", qty=5)])
    used.sync()
    assert (used.delivery().state, used.delivery().reason) == ("stopped", "conflict")
    assert [r["material"] for r in used.bill("E-77").fields["rows"]] == ["M7"]


def test_rows_that_a_clerk_added_to_the_order_s_own_stand(used: Site) -> None:
    used.erp.form("bill")["b-E-77"].fields["rows"] = [row("r0", "M7"), row("r1")]
    baseline(used)
    link(used, "O1", "E-77")
    live(used)
    used.order(lines=[line("1", qty=5)])
    used.sync()
    assert [(r["id"], r["qty"]) for r in used.bill("E-77").fields["rows"]] == [("r0", 2), ("r1", 5)]


def test_an_order_that_cannot_be_read_does_not_create_once_it_can(used: Site) -> None:
    used.order(note="x" * 30)
    used.sync()
    assert baseline(used).unlinked == ["O1"]
    live(used)
    used.order(note="short")
    used.sync()
    assert (used.delivery().reason, len(used.bills())) == ("unlinked", 1)


def test_what_was_typed_by_hand_during_a_failure_is_adopted_and_then_updated(shop: Site) -> None:
    shop.erp.trouble = failing(Rejected("credit"))
    shop.order()
    shop.sync()
    typed(shop)
    assert link(shop, "O1", "E-77", agreed=True).linked == ["O1"]
    shop.sync()
    assert (shop.delivery().state, written(shop)) == ("in_sync", 0)
    shop.order(note="changed")
    shop.sync()
    assert (shop.bill("E-77").fields["note"], written(shop)) == ("changed", 1)


# -- several records that are one there -----------------------------------------------------------


def test_a_second_account_of_a_customer_is_never_delivered_but_its_orders_are(shop: Site) -> None:
    shop.sync()
    shop.config = shop.config.replace("from: crm, to: erp}", "from: crm, to: erp, mode: observe}")
    shop.start()
    shop.customer("c2", name="Customer c1, branch")
    shop.order(customer="c2")
    shop.sync()
    link(shop, "C2", "C1", "customers")
    shop.config = shop.config.replace(", mode: observe}", "}")
    shop.start()
    shop.sync()
    shop.customer("c2", name="Another name")
    shop.sync()
    assert shop.bill().fields["customer"] == "C1"
    assert [kept.fields["name"] for kept in shop.erp.form("partner").values()] == ["Customer c1"]
    assert shop.delivery("c2", "customers").state == "in_sync"


def test_the_next_account_is_delivered_once_the_first_is_deleted(shop: Site) -> None:
    shop.sync()
    shop.crm.delete("account", "c1")
    shop.config = shop.config.replace("from: crm, to: erp}", "from: crm, to: erp, compare: 0.1}")
    shop.customer("c2", name="The survivor")
    shop.start()
    shop.clock.advance(1)
    shop.sync(gone=True)
    link(shop, "C2", "C1", "customers")
    shop.sync()
    names = [kept.fields["name"] for kept in shop.erp.form("partner").values()]
    assert "The survivor" in names


# -- the target was put back to an earlier day ----------------------------------------------------


def test_a_stranger_under_our_bill_s_key_is_left_alone_and_named(shop: Site) -> None:
    shop.order()
    shop.sync()
    bill = shop.bill()
    bill.fields.update(ref="", note="a clerk's own bill", no="E-1")
    flow = shop.system.flows["orders"]
    assert [f.kind for f in reconciling.reconcile(shop.system, flow)] == ["missing"]
    shop.order(note="changed")
    shop.sync()
    assert (shop.delivery().state, shop.delivery().reason) == ("stopped", "gone")
    assert shop.bill("E-1").fields["note"] == "a clerk's own bill"
