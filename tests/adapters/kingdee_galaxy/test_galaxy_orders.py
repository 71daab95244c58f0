"""Creating orders: saved, submitted, audited, and never twice."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from galaxy_site import ORDERS, REFERENCE, ROWS, Site, WaitingClock, change, order, row

from connector.contract import Written
from connector.errors import (
    AccessDenied,
    AlreadyExists,
    Conflict,
    Gone,
    HalfDone,
    Locked,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)

AMOUNT = f"{ROWS}/1/FAllAmount"


def half_done(site: Site, write: object) -> HalfDone:
    with pytest.raises(HalfDone) as caught:
        site.erp.write(write)  # type: ignore[arg-type]
    assert isinstance(caught.value.written, Written)
    return caught.value


def test_an_order_goes_from_nothing_to_audited(site: Site) -> None:
    written = site.erp.write(order("N1", row("a"), row("b", **{"FMaterialId.FNumber": "M-200"})))
    assert (written.number, written.step, written.awaits) == ("N1", "audited", "")
    assert set(written.line_keys[ROWS]) == {"a", "b"}
    assert site.commits() == ["create", "submit", "audit"]


@pytest.mark.parametrize(("until", "state"), [("saved", "A"), ("submitted", "B")])
def test_it_goes_only_as_far_as_it_is_told(site: Site, until: str, state: str) -> None:
    assert site.erp.write(order("N1", until=until)).step == until
    assert site.state("N1") == state


def test_it_is_found_by_our_mark_and_read_back_whole(site: Site) -> None:
    written = site.erp.write(order("N1"))
    (found,) = site.erp.find(ORDERS, REFERENCE, ["crm:N1", "crm:N2"])
    assert (found.key, found.number, found.fields[REFERENCE]) == (written.key, "N1", "crm:N1")
    assert found.fields["FSaleOrderFinance.FSettleCurrId.FNumber"] == "PRE001"
    (line,) = found.fields[ROWS]
    assert str(line["FEntryID"]) == written.line_keys[ROWS]["1"]


def test_a_mark_is_found_letter_for_letter(site: Site) -> None:
    site.erp.write(order("N1"))
    assert list(site.erp.find(ORDERS, REFERENCE, ["CRM:N1", "crm:n1"])) == []


def test_the_servers_amounts_are_shown(site: Site) -> None:
    shown = site.erp.write(order("N1")).shown
    assert shown is not None
    assert shown.fields[ROWS][0]["FAllAmount"] == Decimal("226")


def test_amounts_as_expected_go_through(site: Site) -> None:
    expect = {AMOUNT: (Decimal("226.00"), Decimal(0)), "FBillAllAmount": (Decimal(226), Decimal(0))}
    assert site.erp.write(order("N1", expect=expect)).step == "audited"


@pytest.mark.parametrize("path", [AMOUNT, "FBillAllAmount"])
def test_an_amount_beyond_tolerance_stops_before_any_further_step(site: Site, path: str) -> None:
    error = half_done(site, order("N1", expect={path: (Decimal("226.02"), Decimal("0.01"))}))
    assert isinstance(error.cause, Rejected)
    assert error.cause.field == path
    assert "226.02" in str(error)
    assert error.written.step == "saved"  # type: ignore[attr-defined]
    assert site.state("N1") == "A"


def test_it_stops_there_again_however_often_it_is_resumed(site: Site) -> None:
    expect = {"FBillAllAmount": (Decimal("200"), Decimal(0))}
    key = half_done(site, order("N1", expect=expect)).written.key  # type: ignore[attr-defined]
    assert isinstance(half_done(site, change(key, expect=expect)).cause, Rejected)
    assert site.state("N1") == "A"


def test_an_order_left_half_done_goes_on_without_a_second_save(site: Site) -> None:
    site.fail(do="system", name="network_control", operation="Audit", times=1)
    error = half_done(site, order("N1"))
    assert isinstance(error.cause, Locked)
    written = error.written
    assert isinstance(written, Written)
    assert (written.step, len(written.line_keys[ROWS])) == ("submitted", 1)
    assert site.erp.write(change(written.key)).step == "audited"
    assert site.commits() == ["create", "submit", "audit"]


def test_an_order_that_people_took_along_meanwhile_is_done(site: Site) -> None:
    key = site.erp.write(order("N1", until="saved")).key
    site.people("audit", number="N1")
    assert site.erp.write(change(key)) == Written(key, "N1", step="audited")
    assert site.calls("Submit") == 0


def test_a_step_that_somebody_takes_just_before_us_is_no_error(site: Site) -> None:
    key = site.erp.write(order("N1", until="saved")).key
    ladder = site.erp._writing.ladder
    look = ladder.look

    def look_and_lose(bills: list[object]) -> None:
        look(bills)  # type: ignore[arg-type]
        if site.state("N1") == "A":
            site.people("submit", number="N1")

    ladder.look = look_and_lose  # type: ignore[assignment, method-assign]
    assert site.erp.write(change(key)).step == "audited"


def test_prompts_are_never_answered_for_people(site: Site) -> None:
    site.people("set_limit_price", material="M-100", price=20)
    with pytest.raises(Rejected, match="低于最低限价"):
        site.erp.write(order("N1"))
    assert site.commits() == []


def test_a_prompt_that_the_flow_names_is_accepted(site: Site) -> None:
    site.people("set_limit_price", material="M-100", price=20)
    accept = frozenset({"SAL_DOWNPRICECHECK"})
    assert site.erp.write(order("N1", accept=accept)).step == "audited"


def test_a_number_in_use_names_the_order_that_has_it(site: Site) -> None:
    other = site.erp.write(order("N1"))
    with pytest.raises(AlreadyExists, match="已经被使用") as caught:
        site.erp.write(replace(order("N1"), reference=(REFERENCE, "crm:else")))
    assert caught.value.key == other.key


def test_a_mark_in_use_names_the_order_that_carries_it(site: Site) -> None:
    site.server.switches["unique_reference"] = True
    other = site.erp.write(order("N1"))
    with pytest.raises(AlreadyExists) as caught:
        site.erp.write(replace(order("N2"), reference=(REFERENCE, "crm:N1")))
    assert caught.value.key == other.key


def test_a_missing_field_is_refused_in_the_servers_words(site: Site) -> None:
    with pytest.raises(Rejected, match="必录") as caught:
        site.erp.write(order("N1", fields={"FSalerId.FNumber": "nobody"}))
    assert (caught.value.field, caught.value.code) == ("FSalerId", "11")


def test_where_the_erp_numbers_its_bills_ours_is_left_out(site: Site) -> None:
    site.server.switches["numbering"] = "erp"
    erp = site.connect(numbering="erp")
    written = erp.write(order("N1"))
    assert written.number.startswith("XSDD")
    (found,) = erp.find(ORDERS, REFERENCE, ["crm:N1"])
    assert found.number == written.number


def test_an_order_that_is_gone_is_gone(site: Site) -> None:
    with pytest.raises(Gone):
        site.erp.write(change("999999"))


@pytest.mark.parametrize("fault", ["lose_answer", "truncate", "html_after", "status_after"])
def test_a_save_without_an_answer_is_unknown_and_was_done_once(site: Site, fault: str) -> None:
    site.fail(do=fault, operation="Save", times=1)
    with pytest.raises(OutcomeUnknown):
        site.erp.write(order("N1"))
    assert site.commits() == ["create"]
    assert len(list(site.erp.find(ORDERS, REFERENCE, ["crm:N1"]))) == 1


def test_a_page_instead_of_an_answer_is_unknown(site: Site) -> None:
    site.fail(do="html", operation="Save", times=1)
    with pytest.raises(OutcomeUnknown):
        site.erp.write(order("N1"))
    assert site.commits() == []


def test_a_step_without_an_answer_is_half_done_and_unknown(site: Site) -> None:
    site.fail(do="lose_answer", operation="Submit", times=1)
    error = half_done(site, order("N1"))
    assert isinstance(error.cause, OutcomeUnknown)
    key = error.written.key  # type: ignore[attr-defined]
    assert site.erp.write(change(key)).step == "audited"
    assert site.commits() == ["create", "submit", "audit"]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("network_control", Locked),
        ("call_limit", Unreachable),
        ("permission", AccessDenied),
        ("licence", AccessDenied),
        ("stack_trace_message", Rejected),
    ],
)
def test_refusals_are_told_apart(site: Site, fault: str, kind: type[Exception]) -> None:
    site.fail(do="system", name=fault, operation="Save")
    with pytest.raises(kind) as caught:
        site.erp.write(order("N1"))
    assert " at Kingdee.BOS" not in str(caught.value)
    assert site.commits() == []


def test_a_closed_bill_period_is_the_servers_word(site: Site) -> None:
    site.server.switches["closed_before"] = "2026-04-01"
    with pytest.raises(Rejected, match="已关账"):
        site.erp.write(order("N1"))


def test_a_server_that_answers_gbk_is_understood(site: Site) -> None:
    site.fail(do="gbk", operation="Save")
    with pytest.raises(Rejected, match="必录"):
        site.erp.write(order("N1", fields={"FSalerId.FNumber": "nobody"}))


def test_steps_for_which_no_time_is_left_are_taken_later(site: Site) -> None:
    clock = WaitingClock()
    erp = site.connect(clock=clock)
    save = erp._client.save

    def slowly(*arguments: Any) -> Any:
        clock.waited += 10_000
        return save(*arguments)

    erp._client.save = slowly  # type: ignore[method-assign]
    with pytest.raises(Unreachable):
        erp.write(order("N1"))
    assert site.commits() == []
    erp._client.save = save  # type: ignore[method-assign]
    operate = erp._client.operate

    def taking_long(*arguments: Any) -> Any:
        made = operate(*arguments)
        clock.waited += 10_000
        return made

    erp._client.operate = taking_long  # type: ignore[method-assign]
    with pytest.raises(HalfDone) as caught:
        erp.write(order("N1"))
    assert isinstance(caught.value.cause, Unreachable)
    assert caught.value.written.step == "submitted"  # type: ignore[attr-defined]
    assert site.erp.write(change(caught.value.written.key)).step == "audited"  # type: ignore[attr-defined]


def test_many_writes_keep_to_the_time_of_one(site: Site) -> None:
    clock = WaitingClock()
    erp = site.connect(clock=clock)
    keys = [site.erp.write(order(f"N{n}", until="saved")).key for n in range(3)]
    outcomes = []
    for outcome in erp.write_many([change(key, until="saved") for key in keys]):
        outcomes.append(type(outcome))
        clock.waited += 8
    assert outcomes == [Written, Written, Unreachable]


def test_reads_are_repeated_when_a_page_stands_in_their_place(site: Site) -> None:
    site.fail(do="status", operation="ExecuteBillQuery", status=502, times=1)
    assert site.erp.check().organisations == ("100", "101")


def test_reading_a_page_of_html_is_transient(site: Site) -> None:
    site.fail(do="html", operation="ExecuteBillQuery")
    with pytest.raises(Transient):
        list(site.erp.find(ORDERS, REFERENCE, ["crm:N1"]))


def test_voiding_and_closing(site: Site) -> None:
    key = site.erp.write(order("N1", until="saved")).key
    site.erp.write(change(key, verb="cancel"))
    site.erp.write(change(key, verb="cancel"))
    assert site.commits() == ["create", "cancel"]
    audited = site.erp.write(order("N2")).key
    with pytest.raises(Conflict):
        site.erp.write(change(audited, verb="cancel"))
    site.erp.write(change(audited, verb="close"))
    site.erp.write(change(audited, verb="close"))
    assert site.commits()[-1] == "close"


def test_an_audited_order_is_voided_where_unauditing_is_allowed(site: Site) -> None:
    key = site.erp.write(order("N1")).key
    site.erp.write(change(key, verb="cancel", on_change=("edit", "unaudit", "ask")))
    assert site.commits()[-2:] == ["unaudit", "cancel"]


def test_closing_what_is_not_audited_voids_it(site: Site) -> None:
    key = site.erp.write(order("N1", until="saved")).key
    site.erp.write(change(key, verb="close"))
    assert site.commits()[-1] == "cancel"


def test_the_other_spelling_of_the_operation(site: Site) -> None:
    site.server.switches["operation_spelling"] = "ExecuteOperation"
    key = site.erp.write(order("N1", until="saved")).key
    with pytest.raises(Rejected, match="execute_operation"):
        site.erp.write(change(key, verb="cancel"))
    other = site.connect(execute_operation="ExecuteOperation")
    other.write(change(key, verb="cancel"))
    assert site.commits()[-1] == "cancel"
