"""What planning tells, from capture to the CRM: only what changed is computed and delivered anew.

A pump (P) is made of 2 shafts (S) and 1 housing (H), both bought; 3 days to make, 10 to buy.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.errors import ConnectorError, OutcomeUnknown
from connector.operations import linking, tracing
from connector.operations import releasing as releasing_of
from connector.operations.releasing import Released
from connector.settings import HUB
from connector.store import snapshots
from tests.engine.factory import CONFIG, MAPPINGS, Site, failing, line, site

READ = """
  boms: {object: bom, from: erp}
  stock: {object: stock, from: erp}
  purchases: {object: purchase_order, from: erp}
  production: {object: production_order, from: erp}
  shipments: {object: shipment, from: erp}
  kitting: {object: kitting, from: hub, to: crm, max_creates: none}
  requirements: {object: material_requirement, from: hub, to: crm, max_creates: none}
  promises: {object: availability, from: hub, to: crm, max_creates: none}
  progress: {object: order_progress, from: hub, to: crm, max_creates: none}
"""
ORDERS = MAPPINGS["crm/sales_order"].replace(
    "quantity: qty,", "quantity: qty, wanted_date: wanted,"
)
SHIPPED = MAPPINGS | {
    "crm/sales_order": ORDERS,
    "erp/material": """
object: material
form: item
key: id
number: code
read: {name: name, sales_unit: unit, kind: kind, lead_time_days: days, safety_stock: safety}
""",
    "erp/bom": """
object: bom
form: recipe
key: id
number: no
read:
  material: of
  lines: {each: parts, key: id, fields: {component: part, quantity: qty}}
""",
    "erp/stock": """
object: stock
form: onhand
key: id
read: {material: item, on_hand: qty}
""",
    "erp/purchase_order": """
object: purchase_order
form: buy
key: id
number: no
read:
  status: {value: approved}
  lines: {each: rows, key: id, fields: {material: item, quantity: qty, done: got, due_on: due}}
""",
    "erp/production_order": """
object: production_order
form: make
key: id
number: no
read: {material: item, planned: qty, finished: done, status: status, started_on: started,
       planned_finish: due, finished_on: ended, order_number: order}
""",
    "erp/shipment": """
object: shipment
form: ship
key: id
number: no
read:
  shipped_on: date
  status: {value: approved}
  lines: {each: rows, key: id, fields: {material: item, quantity: qty, order_number: order}}
""",
    "crm/kitting": """
object: kitting
form: kit
key: id
reference: ref
write:
  record: record
  open: open
  from_stock: from_stock
  buildable: buildable
  complete: complete
""",
    "crm/material_requirement": """
object: material_requirement
form: requirement
key: id
reference: ref
write: {code: number, gross: gross, incoming: incoming}
""",
    "crm/availability": """
object: availability
form: promise
key: id
reference: ref
write: {code: number, available: available, days: lead_time_days}
""",
    "crm/order_progress": """
object: order_progress
form: order
key: id
onto: record
write: {stage: stage, basis: basis, shipped: shipped, parts: {from: materials_on, type: date}}
""",
}
TOLD = ("kitting", "material_requirement", "availability", "order_progress")


@pytest.fixture
def works(tmp_path: Path, store_url: str) -> Iterator[Site]:
    with site(tmp_path, store_url) as made:
        made.config = CONFIG + READ + "insight: {key_part: lead_time_days > 5}\n"
        made.mappings = dict(SHIPPED)
        for code, kind, days in (("P", "make", 3), ("S", "buy", 10), ("H", "buy", 10)):
            made.crm.put("product", {"code": code, "name": code}, f"p-{code}")
            fields = {"code": code, "name": code, "unit": "Pcs", "kind": kind, "days": days}
            made.erp.put("item", fields, f"i-{code}")
        parts = [{"id": "1", "part": "i-S", "qty": 2}, {"id": "2", "part": "i-H", "qty": 1}]
        made.erp.put("recipe", {"no": "V1", "of": "i-P", "parts": parts}, "b-P")
        made.customer()
        stocked(made, "P", 1)
        stocked(made, "S", 6)
        stocked(made, "H", 9)
        wanted(made, "o1", 3, "2026-12-10")
        wanted(made, "o2", 4, "2026-12-20")
        made.start()
        made.sync()
        yield made


def stocked(made: Site, code: str, quantity: int) -> None:
    made.erp.put("onhand", {"item": f"i-{code}", "qty": quantity}, f"s-{code}")


def wanted(made: Site, key: str, quantity: int, by: str, **fields: Any) -> None:
    one = line(f"l-{key}", "P", qty=str(quantity), price="10")
    made.order(key, lines=[{**one, "wanted": by}], **fields)


def told(made: Site, object: str) -> dict[str, Any]:
    with made.system.store.reading() as tx:
        return {row.key: snapshots.data(row) for row in snapshots.walk(tx, HUB, object, "", 100)}


def versions(made: Site) -> dict[str, int]:
    with made.system.store.reading() as tx:
        return {
            f"{object}/{row.key}": row.version
            for object in TOLD
            for row in snapshots.walk(tx, HUB, object, "", 100)
        }


def changed(made: Site, before: dict[str, int]) -> set[str]:
    return {key for key, version in versions(made).items() if before.get(key) != version}


def kit(made: Site, key: str) -> Any:
    [found] = [k.fields for k in made.crm.form("kit").values() if k.fields["record"] == key]
    return found


def test_each_order_takes_what_the_earlier_one_left(works: Site) -> None:
    """o1: 1 pump from stock, 2 of 4 shafts built; o2: 2 shafts left make 1 more."""
    assert (kit(works, "o1")["from_stock"], kit(works, "o1")["buildable"]) == (1, 2)
    assert (kit(works, "o2")["from_stock"], kit(works, "o2")["buildable"]) == (0, 1)
    [short] = told(works, "kitting")["o2/l-o2"]["shortages"]
    assert (short["number"], short["short"]) == ("S", "6")


def test_what_is_missing_is_suggested_by_when_and_for_whom(works: Site) -> None:
    found = told(works, "material_requirement")
    [shafts] = found["i-S"]["suggestions"]
    assert (shafts["kind"], shafts["quantity"], shafts["due_on"]) == ("buy", "6", "2026-12-17")
    pumps = {one["due_on"]: one for one in found["i-P"]["suggestions"]}
    assert [peg["record"] for peg in pumps["2026-12-20"]["pegs"]] == ["o2"]
    assert shafts["pegs"][0]["record"] == pumps["2026-12-20"]["id"]


def test_a_second_run_tells_and_writes_nothing(works: Site) -> None:
    before, ledger = versions(works), len(works.crm.ledger)
    works.sync()
    works.start()
    works.sync()
    assert (changed(works, before), len(works.crm.ledger)) == (set(), ledger)


def test_time_alone_changes_nothing(works: Site) -> None:
    before, ledger = versions(works), len(works.crm.ledger)
    works.clock.advance(30 * 86_400)
    works.sync()
    assert (changed(works, before), len(works.crm.ledger)) == (set(), ledger)


def test_a_stock_correction_changes_what_depends_on_it_and_nothing_else(works: Site) -> None:
    before = versions(works)
    stocked(works, "S", 12)
    works.clock.advance(90_000)
    works.sync()
    assert changed(works, before) == {
        "kitting/o2/l-o2", "material_requirement/i-S", "availability/i-S", "order_progress/o2",
    }  # fmt: skip
    assert kit(works, "o2")["complete"] is True


def test_an_order_that_is_cancelled_gives_back_what_it_took(works: Site) -> None:
    before = versions(works)
    works.order("o1", status="cancelled")
    works.sync()
    assert kit(works, "o1")["open"] == 0
    assert (kit(works, "o2")["from_stock"], kit(works, "o2")["complete"]) == (1, True)
    assert {"kitting/o1/l-o1", "kitting/o2/l-o2"} <= changed(works, before)
    assert "suggestions" not in told(works, "material_requirement")["i-S"]


def test_a_new_bom_changes_what_is_made_of_it(works: Site) -> None:
    parts = [{"id": "1", "part": "i-S", "qty": 1}, {"id": "2", "part": "i-H", "qty": 1}]
    works.erp.put("recipe", {"parts": parts}, "b-P")
    works.sync()
    assert kit(works, "o2")["buildable"] == 4
    assert "suggestions" not in told(works, "material_requirement")["i-S"]


def test_what_is_ordered_is_suggested_no_more_and_can_be_promised(works: Site) -> None:
    row = {"id": "1", "item": "i-S", "qty": 8, "got": 0, "due": "2026-12-15"}
    works.erp.put("buy", {"no": "PO-1", "rows": [row]}, "po1")
    works.sync()
    assert "suggestions" not in told(works, "material_requirement")["i-S"]
    [short] = told(works, "kitting")["o2/l-o2"]["shortages"]
    assert short["expected_on"] == "2026-12-15"


def test_what_has_left_is_wanted_no_more(works: Site) -> None:
    number = works.bill("O1").fields["no"]
    row = {"id": "1", "item": "i-P", "qty": 3, "order": number}
    works.erp.put("ship", {"no": "X1", "date": "2026-12-01", "rows": [row]}, "x1")
    works.sync()
    assert kit(works, "o1")["open"] == 0
    assert works.crm.form("order")["o1"].fields["stage"] == "shipped"


def test_production_that_names_no_order_is_told_as_estimated(works: Site) -> None:
    fields = {"item": "i-P", "qty": 2, "done": 0, "status": "started", "started": "2026-11-25"}
    works.erp.put("make", {"no": "MO-1", **fields, "due": "2026-12-01"}, "m1")
    works.sync()
    first = works.crm.form("order")["o1"].fields
    assert (first["stage"], first["basis"]) == ("in_production", "estimated")
    assert "stage" not in works.crm.form("order")["o2"].fields or (
        works.crm.form("order")["o2"].fields["stage"] != "in_production"
    )
    assert Decimal(told(works, "material_requirement")["i-P"]["incoming"]) == 2
    works.erp.put("make", {"status": "finished", "done": 2, "ended": "2026-11-30"}, "m1")
    stocked(works, "P", 3)
    works.clock.advance(700)
    works.sync()
    assert works.crm.form("order")["o1"].fields["stage"] == "produced"


def test_parts_that_are_all_there_are_told_since_the_day_they_first_were(works: Site) -> None:
    assert works.crm.form("order")["o1"].fields["parts"] == date(2026, 11, 21)
    assert "parts" not in works.crm.form("order")["o2"].fields
    works.clock.advance(5 * 86_400)
    stocked(works, "S", 12)
    works.sync()
    assert works.crm.form("order")["o1"].fields["parts"] == date(2026, 11, 21)
    assert works.crm.form("order")["o2"].fields["parts"] == date(2026, 11, 26)


# -- release ------------------------------------------------------------------------------------


RELEASE = """
  requisitions: {object: purchase_requisition, from: hub, to: erp, max_creates: none}
  erp_requisitions: {object: purchase_requisition, from: erp}
  made: {object: production_suggestion, from: hub, to: erp, max_creates: none}
"""
WRITTEN = {
    "erp/purchase_requisition": """
object: purchase_requisition
form: want
key: id
number: no
reference: ref
write:
  no: {from: number, on: create}
  rows: {each: lines, key: id, fields: {item: {from: material, link: material}, qty: quantity,
         due: {template: "{due_on}"}}}
read:
  status: status
  lines: {each: rows, key: id, fields: {material: {expr: '"i-" + item'}, quantity: qty, due_on: due,
          done: {from: done, default: 0}}}
""",
    "erp/production_suggestion": """
object: production_suggestion
form: make
key: id
number: no
reference: ref
write: {no: {from: number, on: create}, item: {from: material, link: material.key}, qty: quantity,
        status: {value: released}, due: {template: "{due_on}"}}
""",
}


@pytest.fixture
def releasing(works: Site) -> Site:
    works.config = works.config.replace("insight:", RELEASE.strip("\n") + "\ninsight:")
    works.mappings |= WRITTEN
    works.start()
    works.sync()
    return works


def wants(made: Site) -> list[tuple[str, Any]]:
    kept = made.erp.form("want").values()
    return [(row["item"], row["qty"]) for one in kept for row in one.fields["rows"]]


def release(made: Site, *materials: str, **more: Any) -> list[Released]:
    return releasing_of.release(made.system, materials or None, None, "ops", **more)


def test_nothing_goes_to_the_erp_by_itself(releasing: Site) -> None:
    assert releasing.erp.form("want") == {}
    assert release(releasing, dry_run=True)
    releasing.sync()
    assert releasing.erp.form("want") == {}


def test_what_is_released_arrives_once_and_is_suggested_no_more(releasing: Site) -> None:
    released = release(releasing)
    assert [(one.object, one.material, one.quantity) for one in released] == [
        ("production_suggestion", "P", 2), ("production_suggestion", "P", 4),
        ("purchase_requisition", "S", 6),
    ]  # fmt: skip
    assert release(releasing) == []
    releasing.sync()
    assert wants(releasing) == [("S", 6)]
    shafts = told(releasing, "material_requirement")["i-S"]
    assert (Decimal(shafts["gross"]), Decimal(shafts["incoming"])) == (12, 6)
    assert "suggestions" not in told(releasing, "material_requirement")["i-S"]
    for _ in range(10):
        assert release(releasing) == []
        releasing.sync()
    assert wants(releasing) == [("S", 6)]
    assert len(releasing.erp.form("make")) == 2


def test_what_is_wanted_since_long_is_released_once(releasing: Site) -> None:
    """Ordered today, it comes too late for an order of last month: nobody orders it again."""
    wanted(releasing, "o3", 5, "2026-10-20")
    releasing.sync()
    assert release(releasing)
    for _ in range(3):
        releasing.clock.advance(86_400)
        releasing.sync()
        assert release(releasing) == []
    late = told(releasing, "material_requirement")["i-P"]["late"]
    assert {(one["wanted_on"], one["expected_on"]) for one in late} >= {
        ("2026-10-20", "2026-11-21")
    }


def test_nothing_is_released_before_everything_that_may_be_there_was_read(works: Site) -> None:
    works.config = works.config.replace("insight:", RELEASE.strip("\n") + "\ninsight:")
    works.config = works.config.replace("insight: {", "insight: {release_ahead: 400d, ")
    works.mappings |= WRITTEN
    works.start()
    with pytest.raises(ConnectorError, match="purchase_requisition"):
        release(works)
    assert releasing_of.ahead(works.system) is None
    works.sync()
    assert releasing_of.ahead(works.system) is not None
    works.clock.advance(2 * 86_400)
    assert releasing_of.ahead(works.system) is None  # by what was read long ago


def test_what_no_flow_carries_is_not_released(releasing: Site) -> None:
    """Who has no flow of production orders releases purchases alone."""
    flow = "  made: {object: production_suggestion, from: hub, to: erp, max_creates: none}\n"
    releasing.config = releasing.config.replace(flow, "")
    releasing.start()
    assert {one.object for one in release(releasing)} == {"purchase_requisition"}
    assert release(releasing) == []
    with pytest.raises(ConnectorError, match="production_suggestion"):
        release(releasing, "i-P")


def test_what_is_released_says_for_which_orders_it_is(releasing: Site) -> None:
    release(releasing, "i-S")
    [requisition] = told(releasing, "purchase_requisition").values()
    [line_] = requisition["lines"]
    assert [(one["record"], one["quantity"]) for one in line_["serves"]] == [("o2", "6")]
    [event] = [e for e in story(releasing, "O2") if e.startswith("hub")]
    assert requisition["number"] in event


def test_a_requisition_that_the_erp_shows_itself_counts_once(releasing: Site) -> None:
    release(releasing, "i-S")
    releasing.sync()
    releasing.clock.advance(100)
    releasing.sync()
    assert Decimal(told(releasing, "material_requirement")["i-S"]["incoming"]) == 6
    [key] = releasing.erp.form("want")
    releasing.erp.put("want", {"status": "void"}, key)
    releasing.sync()
    assert "incoming" not in told(releasing, "material_requirement")["i-S"]


def story(made: Site, number: str) -> list[str]:
    [found] = tracing.trace(made.system, "sales_order", number)
    return [f"{event.where} {event.what}" for event in found.events]


def test_what_was_released_for_an_order_serves_that_one_though_it_does_not_name_it(
    releasing: Site,
) -> None:
    """Of the two production orders that name nobody, the later order's starts first."""
    release(releasing, "i-P")
    releasing.sync()
    [second] = [key for key, one in releasing.erp.form("make").items() if one.fields["qty"] == 4]
    releasing.erp.put("make", {"status": "started", "started": "2026-12-01"}, second)
    releasing.sync()
    first, last = (releasing.crm.form("order")[key].fields for key in ("o1", "o2"))
    assert (first["stage"], last["stage"]) == ("materials_ready", "in_production")
    assert last["basis"] == "pegged"


# -- orders that people typed into the ERP ----------------------------------------------------


BILLS = """
read:
  customer: customer
  order_date: {value: "2026-11-20"}
  bill_status: {from: state, default: approved}
  lines:
    each: rows
    key: id
    fields: {material: {expr: '"i-" + material'}, quantity: qty, amount_with_tax: amount,
             wanted_date: wanted}
"""


@pytest.fixture
def typing(works: Site) -> Site:
    """The ERP's orders are read, too."""
    works.config = works.config.replace(READ, READ + "  bills: {object: sales_order, from: erp}\n")
    works.mappings["erp/sales_order"] = MAPPINGS["erp/sales_order"] + BILLS
    works.start()
    works.sync()
    return works


def typed(made: Site, key: str, quantity: int, by: str, **fields: Any) -> None:
    row = {"id": f"r-{key}", "material": "P", "qty": quantity, "amount": 20, "wanted": by}
    known = {"no": key.upper(), "customer": "c-1", "date": "2026-11-20", "rows": [row]}
    made.erp.put("bill", {**known, **fields}, f"b-{key}")


def gross(made: Site, code: str = "P") -> int:
    return int(told(made, "material_requirement")[f"i-{code}"]["gross"])


def test_what_a_flow_brought_into_the_erp_is_wanted_once(typing: Site) -> None:
    assert gross(typing) == 3 + 4


def test_an_order_that_was_typed_into_the_erp_takes_its_share_and_nobody_is_told(
    typing: Site,
) -> None:
    typed(typing, "t1", 2, "2026-12-01")
    typing.sync()
    assert gross(typing) == 2 + 3 + 4
    assert (kit(typing, "o1")["from_stock"], kit(typing, "o1")["buildable"]) == (0, 2)
    assert {one.fields["record"] for one in typing.crm.form("kit").values()} == {"o1", "o2"}
    typed(typing, "t1", 2, "2026-12-01", state="closed")
    typing.sync()
    assert gross(typing) == 3 + 4
    assert kit(typing, "o1")["from_stock"] == 1


def test_what_has_left_of_a_typed_order_is_wanted_no_more(typing: Site) -> None:
    typed(typing, "t1", 2, "2026-12-01")
    typing.sync()
    row = {"id": "1", "item": "i-P", "qty": 1, "order": "T1"}
    typing.erp.put("ship", {"no": "X1", "date": "2026-11-25", "rows": [row]}, "x1")
    typing.sync()
    assert gross(typing) == 1 + 3 + 4


def test_an_order_whose_arrival_is_in_doubt_is_wanted_once(typing: Site) -> None:
    typing.erp.trouble = failing(OutcomeUnknown("lost"), when="after")
    wanted(typing, "o3", 5, "2026-12-24")
    typing.sync()
    assert typing.delivery("o3").state == "in_doubt"
    typing.erp.trouble = None
    typing.sync()
    assert gross(typing) == 3 + 4 + 5


def test_a_copy_of_one_of_our_orders_is_one_of_theirs(typing: Site) -> None:
    typed(typing, "t1", 2, "2026-12-01", ref="crm:o1")
    typing.sync()
    assert gross(typing) == 2 + 3 + 4


def test_an_order_whose_counterpart_is_forgotten_still_counts_once(typing: Site) -> None:
    linking.remove_link(typing.system, typing.system.flows["orders"], "O1", "ops")
    typing.sync()
    assert gross(typing) == 3 + 4
    assert "o1/l-o1" in told(typing, "kitting")
    assert kit(typing, "o1")["open"] == 0


def test_where_the_erps_orders_are_not_read_the_crm_says_what_is_wanted(works: Site) -> None:
    linking.remove_link(works.system, works.system.flows["orders"], "O1", "ops")
    works.sync()
    assert gross(works) == 3 + 4


def test_what_is_made_for_a_typed_order_names_it(typing: Site) -> None:
    typing.config = typing.config.replace("insight:", RELEASE.strip("\n") + "\ninsight:")
    typing.mappings |= WRITTEN
    typing.start()
    typed(typing, "t1", 5, "2026-11-30")
    typing.sync()
    release(typing, "i-P")
    with typing.system.store.reading() as tx:
        made = [snapshots.data(r) for r in snapshots.every(tx, HUB, "production_suggestion")]
    assert ("T1", "r-t1") in {(one.get("order_number"), one.get("order_line")) for one in made}
