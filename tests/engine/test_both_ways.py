"""One object both ways: what one flow writes is read by the other, and is nobody's change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.engine.dispatch import Done
from connector.errors import OutcomeUnknown
from connector.operations import agreeing, linking, overview, reconciling
from connector.store import deliveries, feeds, links
from tests.engine.factory import Site, deaf, failing, site

CONFIG = """
store: STORE
connections:
  crm: {adapter: memory, world: crm, settle: 100}
  erp: {adapter: memory, world: erp, settle: 100, ERP}
flows:
  forward: {object: customer, from: crm, to: erp, FORWARD}
  back: {object: customer, from: erp, to: crm, BACK}
"""
CRM = """
object: customer
form: account
key: id
number: code
reference: ref
read: {name: name, phone: phone, email: mail, active: {from: state, default: true}}
write:
  code: {from: number, on: create}
  name: name
  phone: phone
  state: {expr: 'active ? "" : "no"', empty: clear}
"""
ERP = """
object: customer
form: partner
key: id
number: code
reference: ref
read: {name: name, phone: phone, active: {from: active, default: true}}
write:
  code: {from: number, on: create}
  currency: {expr: 'currency ?? "CNY"'}
  name: {from: name, cut: 8}
  phone: phone
"""


def configured(made: Site, forward: str = "", back: str = "", erp: str = "") -> Site:
    made.config = CONFIG.replace("FORWARD", forward).replace("BACK", back).replace("ERP", erp)
    made.mappings = {"crm/customer": CRM, "erp/customer": ERP}
    return made.start()


@pytest.fixture
def both(tmp_path: Path, store_url: str) -> Iterator[Site]:
    """Two systems that are both empty, and customers carried both ways."""
    with site(tmp_path, store_url) as made:
        yield configured(made)


def here(made: Site, key: str = "c1", **fields: Any) -> str:
    return made.crm.put("account", fields or {"code": key, "name": f"Firm {key}"}, key)


def there(made: Site, key: str = "p1", **fields: Any) -> str:
    return made.erp.put("partner", fields or {"code": key, "name": f"Firm {key}"}, key)


def only(made: Site, form: str) -> Any:
    """The one record of a form."""
    world = made.crm if form == "account" else made.erp
    [kept] = world.form(form).values()
    return kept


def written(made: Site, since: tuple[int, int]) -> list[Any]:
    """What was committed in either world."""
    return [(form, fields) for _, form, _, fields in
            (*made.crm.ledger[since[0]:], *made.erp.ledger[since[1]:])]  # fmt: skip


def ends(made: Site) -> tuple[int, int]:
    return len(made.crm.ledger), len(made.erp.ledger)


def read(made: Site, *connections: str) -> None:
    feeds = [f for f in made.system.feeds.values() if f.connection.name in connections]
    made.dispatcher.capture(feeds, Done())


def deliver(made: Site, flow: str) -> None:
    made.dispatcher.deliver([made.system.flows[flow]], Done())


def of(made: Site, flow: str) -> list[Any]:
    with made.system.store.reading() as tx:
        return [row._mapping for row in deliveries.walk(tx, flow, "", 100)]


def states(made: Site) -> list[tuple[str, str]]:
    keys = {"forward": list(made.crm.form("account")), "back": list(made.erp.form("partner"))}
    with made.system.store.reading() as tx:
        rows = [row for f, some in keys.items() for row in deliveries.load(tx, f, some).values()]
    return [(row.state, row.reason) for row in rows]


# -- echoes -------------------------------------------------------------------------------------


def test_what_a_flow_made_is_taken_as_in_agreement_by_the_opposite_one(both: Site) -> None:
    here(both)
    there(both)
    both.sync()
    assert len(both.crm.form("account")) == len(both.erp.form("partner")) == 2
    before = ends(both)
    both.sync()
    assert written(both, before) == []
    assert states(both) == [("in_sync", "")] * 4
    with both.system.store.reading() as tx:
        assert len(links.find(tx, "customer", "crm", "erp", list(both.crm.form("account")))) == 2


def test_an_edit_arrives_as_one_update_of_that_field_and_does_not_come_back(both: Site) -> None:
    here(both)
    both.sync()
    partner = only(both, "partner").key
    before = ends(both)
    there(both, partner, phone="1")
    both.sync()
    here(both, phone="2")
    both.sync()
    assert written(both, before) == [
        ("account", {"phone": "1"}), ("account", {"phone": "2"}),
        ("partner", {"phone": "1"}), ("partner", {"phone": "2"}),
    ]  # fmt: skip


def test_a_value_that_the_target_cuts_does_not_come_back_cut(both: Site) -> None:
    here(both, code="c1", name="A very long name")
    both.sync()
    assert only(both, "partner").fields["name"] == "A very l"
    here(both, name="Another long name")
    before = ends(both)
    both.sync()
    assert written(both, before) == [("partner", {"name": "Another "})]
    assert only(both, "account").fields["name"] == "Another long name"
    assert states(both) == [("in_sync", "")] * 2


def test_a_field_that_only_the_opposite_flow_writes_is_no_echo(both: Site) -> None:
    here(both)
    both.sync()
    there(both, only(both, "partner").key, active=False)
    both.sync()
    assert only(both, "account").fields["state"] == "no"
    there(both, only(both, "partner").key, active=True)
    both.sync()
    assert only(both, "account").fields["state"] is None


def test_what_only_one_side_knows_is_left_to_it(both: Site) -> None:
    there(both, "p1", code="c1", name="Firm", currency="USD")
    both.sync()
    here(both, only(both, "account").key, phone="1")
    before = ends(both)
    both.sync()
    assert written(both, before) == [("partner", {"phone": "1"})]
    assert only(both, "partner").fields["currency"] == "USD"


def test_what_people_complete_before_we_read_it_back_is_carried(both: Site) -> None:
    here(both, code="c1", name="A very long name", phone="1")
    read(both, "crm")
    deliver(both, "forward")
    there(both, only(both, "partner").key, phone="2")
    both.sync()
    account = only(both, "account").fields
    assert (account["name"], account["phone"]) == ("A very long name", "2")


def test_a_record_that_people_made_there_is_left_at_the_step_they_took_it_to(both: Site) -> None:
    configured(both, "until: audited, on_change: unaudit", erp="stepped: [partner]")
    both.erp.put("partner", {"code": "c1", "name": "Firm"}, "p1", step="saved")
    for _ in range(2):
        both.sync()
        here(both, only(both, "account").key, mail="nothing that the ERP has")
    assert both.erp.form("partner")["p1"].step == "saved"
    assert states(both) == [("in_sync", "")] * 2
    here(both, only(both, "account").key, phone="1")
    both.sync()
    assert both.erp.form("partner")["p1"].step == "audited"


# -- both sides at once -------------------------------------------------------------------------


def edited_on_both_sides(made: Site) -> None:
    here(made)
    made.sync()
    here(made, phone="CRM")
    there(made, only(made, "partner").key, phone="ERP")
    made.sync()


def phones(made: Site) -> tuple[str, str]:
    return tuple(only(made, form).fields["phone"] for form in ("account", "partner"))  # type: ignore[return-value]


def test_a_field_edited_on_both_sides_is_one_conflict_and_no_write(both: Site) -> None:
    edited_on_both_sides(both)
    before = ends(both)
    both.clock.advance(3600)
    both.sync()
    assert phones(both) == ("CRM", "ERP")
    assert written(both, before) == []
    [told] = overview.failures(both.system)
    assert (told["flow"], told["reason"]) == ("forward", "conflict")
    assert "retry back --key c1 --ours" in told["do"]


@pytest.mark.parametrize(("flow", "wins"), [("forward", "CRM"), ("back", "ERP")])
def test_either_side_of_a_conflict_can_be_made_to_win(both: Site, flow: str, wins: str) -> None:
    edited_on_both_sides(both)
    [key] = both.crm.form("account") if flow == "forward" else both.erp.form("partner")
    overview.retry(both.system, both.system.flows[flow], [key], "somebody", ours=True)
    both.sync()
    assert phones(both) == (wins, wins)
    assert states(both) == [("in_sync", "")] * 2


def test_reconcile_writes_nothing_over_an_edit_that_the_opposite_flow_carries(both: Site) -> None:
    here(both, code="c1", name="Firm", phone="1")
    both.sync()
    there(both, only(both, "partner").key, phone="2")
    flow = both.system.flows["forward"]
    findings = list(reconciling.reconcile(both.system, flow))
    assert [found.kind for found in findings] == ["drift"]
    reconciling.repair(both.system, flow, findings, "somebody")
    both.sync()
    assert phones(both) == ("2", "2")


def test_what_one_side_passes_over_is_named_and_not_taken_from_the_other(both: Site) -> None:
    here(both, code="c1", name="Firm", phone="1")
    both.sync()
    here(both, only(both, "account").key, phone="2")
    with deaf("phone"):
        both.sync()
    assert only(both, "partner").fields["phone"] == "1"
    there(both, only(both, "partner").key, name="Other")
    both.sync()
    assert phones(both) == ("2", "1")
    (found,) = reconciling.reconcile(both.system, both.system.flows["forward"])
    assert "phone" in [difference.path for difference in found.differences]
    here(both, only(both, "account").key, phone="3")
    both.sync()
    assert phones(both) == ("3", "3")
    assert states(both) == [("in_sync", "")] * 2


def test_a_conflict_ends_where_somebody_makes_the_sides_agree(both: Site) -> None:
    edited_on_both_sides(both)
    here(both, phone="ERP")
    both.sync()
    assert states(both) == [("in_sync", "")] * 2


@pytest.mark.parametrize("first", ["forward", "back"])
@pytest.mark.parametrize(("policy", "wins"), [("ours", "CRM"), ("theirs", "ERP")])
def test_one_side_always_wins_where_the_policies_say_so(
    both: Site, policy: str, wins: str, first: str
) -> None:
    other = {"ours": "theirs", "theirs": "ours"}[policy]
    configured(both, f"on_conflict: {policy}", f"on_conflict: {other}")
    here(both)
    both.sync()
    here(both, phone="CRM")
    there(both, only(both, "partner").key, phone="ERP")
    read(both, "crm", "erp")
    deliver(both, first)
    both.sync()
    assert phones(both) == (wins, wins)
    before = ends(both)
    both.sync()
    assert written(both, before) == []


@pytest.mark.parametrize(
    ("forward", "back"), [("", ""), ("on_conflict: theirs", "on_conflict: ours")]
)
def test_what_was_read_before_the_opposite_flow_wrote_is_older_and_stays_out(
    both: Site, forward: str, back: str
) -> None:
    configured(both, forward, back)
    here(both)
    both.sync()
    for name in ("One", "Two"):
        here(both, name=name)
        read(both, "crm")
        deliver(both, "forward")
        if name == "One":
            read(both, "erp")
    before = ends(both)
    deliver(both, "back")
    both.sync()
    assert written(both, before) == []
    assert only(both, "account").fields["name"] == only(both, "partner").fields["name"] == "Two"
    assert states(both) == [("in_sync", "")] * 2


def test_an_echo_hides_no_edit_that_is_still_under_way(both: Site) -> None:
    here(both, code="c1", name="A very long name")
    read(both, "crm")
    deliver(both, "forward")
    here(both, name="Ours")
    read(both, "crm", "erp")
    deliver(both, "back")
    there(both, only(both, "partner").key, name="Theirs")
    both.sync()
    both.clock.advance(3600)
    both.sync()
    names = [only(both, form).fields["name"] for form in ("account", "partner")]
    assert names == ["Ours", "Theirs"]
    assert [told["reason"] for told in overview.failures(both.system)] == ["conflict"]


def test_an_edit_while_the_answer_is_lost_arrives_and_does_not_come_back(both: Site) -> None:
    here(both, code="c1", name="One")
    both.erp.trouble = failing(OutcomeUnknown("lost"), when="after", form="partner")
    both.sync()
    here(both, name="Two")
    both.clock.advance(200)
    read(both, "crm", "erp")
    for _ in range(3):
        deliver(both, "back")
        deliver(both, "forward")
    both.sync()
    both.clock.advance(3600)
    both.sync()
    assert [only(both, form).fields["name"] for form in ("account", "partner")] == ["Two"] * 2
    assert states(both) == [("in_sync", "")] * 2


def test_what_we_made_is_taken_as_far_as_we_should_though_its_answer_was_lost(both: Site) -> None:
    configured(both, "until: audited, on_change: unaudit", erp="stepped: [partner]")
    here(both, code="c1", name="One")
    both.erp.trouble = failing(OutcomeUnknown("lost"), when="submitted", form="partner")
    both.sync()
    here(both, name="Two")
    both.clock.advance(200)
    for _ in range(3):
        deliver(both, "forward")
        read(both, "crm", "erp")
        deliver(both, "back")
    both.clock.advance(3600)
    both.sync()
    assert (only(both, "partner").step, only(both, "partner").fields["name"]) == ("audited", "Two")


# -- nothing twice ------------------------------------------------------------------------------


def test_a_record_whose_answer_was_lost_does_not_come_back_as_another(both: Site) -> None:
    here(both)
    both.erp.trouble = failing(OutcomeUnknown("lost"), when="after", form="partner")
    both.sync()
    both.sync()
    assert states(both) == [("in_doubt", "unknown"), ("pending", "waits_for")]
    both.erp.trouble = None
    both.clock.advance(200)
    both.sync()
    assert only(both, "account").fields["name"] == only(both, "partner").fields["name"]
    assert states(both) == [("in_sync", "")] * 2


def test_nothing_is_made_twice_after_the_store_is_lost(both: Site) -> None:
    here(both)
    there(both)
    both.sync()
    with both.system.store.transaction() as tx:
        for flow in ("forward", "back"):
            deliveries.forget(tx, flow)
        for connection in ("crm", "erp"):
            feeds.forget_connection(tx, connection, ["forward", "back"])
    before = ends(both)
    both.start()
    both.sync()
    both.clock.advance(200)
    both.sync()
    assert written(both, before) == []
    assert states(both) == [("in_sync", "")] * 4


def test_a_copy_that_people_made_goes_like_any_other_record(both: Site) -> None:
    there(both)
    both.sync()
    copied = {**only(both, "account").fields, "code": "c9"}
    here(both, "c9", **copied)
    both.sync()
    assert len(both.erp.form("partner")) == 2


def test_a_mark_that_leads_nowhere_holds_a_record_up_for_one_settle_only(both: Site) -> None:
    there(both, "p1", code="c1", name="Firm", ref="crm:of another crm")
    both.sync()
    assert both.crm.form("account") == {}
    both.clock.advance(200)
    both.sync()
    assert only(both, "account").fields["name"] == "Firm"


def test_records_with_a_counterpart_do_not_count_as_creates(both: Site) -> None:
    configured(both, "max_creates: 2", "max_creates: none")
    for n in range(5):
        there(both, f"p{n}", code=f"c{n}", name=f"Firm {n}")
    done = both.sync()
    assert done.errors == {}
    assert len(both.crm.form("account")) == 5


def test_what_stood_on_both_sides_is_taken_as_it_is_and_later_edits_go_across(both: Site) -> None:
    configured(both, "mode: observe", "mode: observe")
    account = here(both, "c1", code="X", name="As the CRM has it", phone="1")
    partner = there(both, "p1", code="Y", name="As the ERP", phone="9")
    both.sync()
    flows = both.system.flows
    linking.set_link(both.system, flows["forward"], "X", "Y", "ops", agreed=True)
    agreeing.baseline(both.system, flows["forward"], [account], "ops")
    assert agreeing.baseline(both.system, flows["back"], [partner], "ops").linked == ["Y"]
    configured(both)
    before = ends(both)
    both.sync()
    assert written(both, before) == []
    there(both, partner, phone="8")
    both.sync()
    here(both, account, name="Another")
    both.sync()
    assert written(both, before) == [
        ("account", {"phone": "8"}), ("account", {"name": "Another"}),
        ("partner", {"phone": "8"}), ("partner", {"name": "Another"}),
    ]  # fmt: skip


# -- scope --------------------------------------------------------------------------------------


def test_what_leaves_the_scope_of_a_flow_that_follows_is_told_and_never_deleted(
    both: Site,
) -> None:
    configured(both, "", "when: active, gone: follow")
    there(both, "p1", code="c1", name="Sold", active=True)
    there(both, "p2", code="c2", name="Not sold", active=False)
    both.sync()
    assert only(both, "account").fields["name"] == "Sold"
    for active, state in ((False, "no"), (True, None)):
        there(both, "p1", active=active)
        both.sync()
        assert only(both, "account").fields.get("state") == state
    both.erp.delete("partner", "p1")
    both.clock.advance(90_000)
    both.sync()
    assert ("stopped", "gone") in [(r["state"], r["reason"]) for r in of(both, "back")]
    assert only(both, "account").fields["name"] == "Sold"


def test_a_record_that_was_paired_is_followed_though_it_never_was_in_scope(both: Site) -> None:
    configured(both, "pair: number, mode: observe", "pair: number, when: active, gone: follow")
    here(both, "c1", code="X", name="Same")
    there(both, "p1", code="X", name="Same", active=False)
    both.sync()
    both.clock.advance(90_000)
    both.sync()
    assert only(both, "account").fields["state"] == "no"


def test_what_came_from_the_target_needs_nobody_to_ask_for_it(both: Site) -> None:
    configured(both, "on_demand: true")
    there(both)
    both.sync()
    here(both, "prospect", code="c9", name="Prospect")
    [carried] = both.crm.form("account").keys() - {"prospect"}
    here(both, carried, phone="1")
    both.sync()
    assert only(both, "partner").fields["phone"] == "1"
