"""Each predicate, on the smallest history that breaks it: an oracle must be able to fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.oracle import History, judge
from tests.oracle.history import Call, Decision, Entry, Found, Listed, Terms, Version, Waiting

TERMS = Terms("B", "audited", "stop", "ask", unaudit=False, attempts=8)
LINE = {"id": "l1", "product": "p-M1", "qty": 2, "price": Decimal("10.00")}
ORDER = {
    "number": "O1",
    "customer": "c1",
    "date": "2026-11-20",
    "status": "confirmed",
    "note": "",
    "lines": [LINE],
}
HEAD = {"customer": "C1", "date": "2026-11-20", "note": None}
ROW = {"material": "M1", "unit": "Pcs", "qty": Decimal(2), "amount": Decimal("20.00")}
BILL = {
    **HEAD,
    "key": "b1",
    "reference": "crm:o1",
    "no": "N1",
    "void": False,
    "step": "audited",
    "warehouse": "W1",
    "rows": [{"id": "r1", **ROW}],
}
WRITTEN = {**HEAD, "warehouse": "W1", "rows": {"rows": [{"line": "l1", "key": "", "fields": ROW}]}}


def ordered(at: float = 1.0, **changes: Any) -> Version:
    return Version(at, "order", "o1", {**ORDER, **changes})


def created(at: float = 10.0, key: str = "b1", written: Any = WRITTEN, **bill: Any) -> Entry:
    after = {**BILL, "key": key, **bill}
    return Entry(at, "connector", "create", "bill", key, "crm:o1", written, after)


def changed(at: float, written: Any, who: str = "connector", what: str = "update") -> Entry:
    after = {**BILL, **{name: value for name, value in written.items() if name != "rows"}}
    return Entry(at, who, what, "bill", "b1", "crm:o1", written, after)


def told(state: str = "done", number: str = "N1") -> Entry:
    fields = {"erp_state": state, "erp_number": number}
    return Entry(20.0, "connector", "update", "order", "o1", "o1", fields, fields)


def history(**changes: Any) -> History:
    """One order, one bill, all well."""
    made = History(TERMS, [ordered()], [created()], [told()])
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def broken(made: History) -> set[str]:
    return {violation.predicate for violation in judge(made).violations}


def listed(reason: str = "rejected", flow: str = "orders", key: str = "o1") -> Listed:
    return Listed(flow, key, reason, "why", "operations")


def test_a_history_in_which_all_is_well_is_ok() -> None:
    verdict = judge(history())
    assert verdict.good, verdict.violations
    assert (verdict.ok, verdict.listed, verdict.recovered) == (1, 0, 0)


def test_a_bill_whose_answer_was_lost_is_recovered() -> None:
    assert judge(history(erp=[replace(created(), heard=False)])).recovered == 1


WAITING = Waiting("orders", "o1", "pending", "retry", 0.0, 99.0)
GONE = Version(2.0, "order", "o1", None)
POISON = ordered(2.0, lines=[{**LINE, "qty": "many"}])
STOPPED = history(erp=[], crm=[told("stopped", "")], failures=[listed()])


def put_back(terms: Terms) -> History:
    """A change of the order reached the ERP, which was put back to the time before."""
    return history(
        terms=terms,
        versions=[ordered(), ordered(2.0, note="new")],
        erp=[
            created(),
            changed(11.0, {"note": "new"}),
            changed(12.0, {"note": None}, "system", "restore"),
        ],
    )


BROKEN: dict[str, tuple[str, Callable[[], History]]] = {
    "nothing stands there": ("O1", lambda: history(erp=[], crm=[])),
    "a withdrawn order's bill lives on": (
        "O1",
        lambda: history(versions=[ordered(), GONE]),
    ),
    "a withdrawn order's bill lives on, though somebody discarded a failure before": (
        "O1",
        lambda: history(
            versions=[ordered(), GONE], decisions=[Decision(1.5, "discard", "orders", "o1")]
        ),
    ),
    "an unreadable order is not listed": ("O1", lambda: history(versions=[ordered(), POISON])),
    "a failure gives no reason": ("O1", lambda: history(failures=[listed("")])),
    "two bills live at once": ("O2", lambda: history(erp=[created(), created(11.0, "b2")])),
    "an older version comes after a newer one": (
        "O3",
        lambda: history(
            versions=[ordered(), ordered(2.0, note="new")],
            erp=[
                created(),
                changed(11.0, {"note": "new"}),
                changed(12.0, {"note": None}),
                changed(13.0, {"note": "new"}),
            ],
        ),
    ),
    "a field shows something else": ("O4", lambda: history(erp=[created(note="other")])),
    "a row is missing": ("O4", lambda: history(erp=[created(rows=[])])),
    "a row is there twice": (
        "O4",
        lambda: history(erp=[created(rows=[{"id": "r1", **ROW}, {"id": "r2", **ROW}])]),
    ),
    "the bill stays unaudited": ("O4", lambda: history(erp=[created(step="saved")])),
    "it still waits": ("O4", lambda: history(waiting=[WAITING])),
    "what people changed is not shown": (
        "O4",
        lambda: history(erp=[created(), changed(11.0, {"note": "theirs"}, "people")]),
    ),
    "a backup of the ERP shows something else": ("O4", lambda: put_back(TERMS)),
    "a backup brings a withdrawn order's bill back": (
        "O1",
        lambda: history(
            versions=[ordered(), GONE],
            erp=[created(), created(11.0, void=True), created(12.0)],
        ),
    ),
    "a value nobody ever showed is written": (
        "O5",
        lambda: history(erp=[created(), changed(11.0, {"note": "invented"}), changed(12.0, HEAD)]),
    ),
    "a bill nobody ordered": (
        "O5",
        lambda: history(erp=[created(), replace(created(11.0), reference="crm:o9")]),
    ),
    "it is written before anybody approved it": (
        "O6",
        lambda: history(versions=[ordered(status="in_approval"), ordered(99.0)]),
    ),
    "the amounts differ": (
        "O7",
        lambda: history(erp=[created(rows=[{"id": "r1", **ROW, "amount": Decimal("19.99")}])]),
    ),
    "the CRM shows another state": ("O8", lambda: history(crm=[told("waiting")])),
    "the CRM shows another number": ("O8", lambda: history(crm=[told(number="N9")])),
    "one version is sent again and again": (
        "O9",
        lambda: history(calls=[Call(1.0, "erp", "save", "fine", "d", ("crm:o1",))] * 30),
    ),
    "a doubt stands too long": ("O10", lambda: history(late=[WAITING])),
    "a secret is in the log": (
        "O11",
        lambda: history(secrets=["hush-hush"], texts=["it said hush-hush to us"]),
    ),
    "a conflict with nobody": (
        "O12",
        lambda: history(
            terms=replace(TERMS, unaudit=True),
            failures=[listed("conflict")],
            crm=[told("stopped")],
        ),
    ),
    "the product found a bug in itself": ("P", lambda: history(trouble=["planning_bug"])),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_promise_is_found(name: str) -> None:
    predicate, make = BROKEN[name]
    assert predicate in broken(make())


WELL: dict[str, Callable[[], History]] = {
    "it is listed instead": lambda: STOPPED,
    "its customer is listed": lambda: history(
        versions=[Version(0.5, "account", "c1", {"code": "C1", "name": "N"}), ordered()],
        erp=[],
        crm=[told("waiting", "")],
        failures=[listed(flow="customers", key="c1")],
        waiting=[WAITING],
    ),
    "it was withdrawn before it was sent": lambda: history(
        versions=[ordered(), GONE], erp=[], crm=[]
    ),
    "it was withdrawn and its bill is void": lambda: history(
        versions=[ordered(), ordered(2.0, status="cancelled")],
        erp=[created(), changed(11.0, {}, what="void"), replace(created(12.0, void=True))],
    ),
    "it was withdrawn, was listed, and a person discarded it": lambda: history(
        versions=[ordered(), GONE], decisions=[Decision(99.0, "discard", "orders", "o1")]
    ),
    "people deleted it and the reconciliation says so": lambda: history(
        erp=[created(), replace(changed(11.0, {}, "people", "delete"), after=None)],
        reconciled=[Found("missing", "o1")],
    ),
    "what people changed is shown": lambda: history(
        erp=[created(), changed(11.0, {"note": "theirs"}, "people")],
        reconciled=[Found("drift", "o1", ("note",))],
    ),
    "what people split adds up": lambda: history(
        erp=[
            created(),
            replace(
                changed(11.0, {"rows": []}, "people", "split"),
                after={
                    **BILL,
                    "rows": [
                        {"id": "r1", **ROW, "qty": Decimal(1), "amount": Decimal(10)},
                        {"id": "r2", **ROW, "qty": 1, "amount": 10, "split_of": "r1"},
                    ],
                },
            ),
        ]
    ),
    "a second version is written after the first": lambda: history(
        versions=[ordered(), ordered(2.0, note="new")],
        erp=[created(), changed(11.0, {"note": "new"})],
    ),
    "it is under approval": lambda: history(
        versions=[ordered(status="in_approval")], erp=[], crm=[], waiting=[WAITING]
    ),
    "a backup of the ERP shows something else, and the ERP wins": lambda: put_back(
        replace(TERMS, on_conflict="theirs")
    ),
    "a backup brings a withdrawn order's bill back that people had deleted": lambda: history(
        versions=[ordered(), GONE],
        erp=[
            created(),
            replace(changed(11.0, {}, "people", "delete"), after=None),
            changed(12.0, {}, "system", "restore"),
        ],
    ),
    "an unlinked one was unlinked by somebody": lambda: history(
        failures=[listed("unlinked")],
        crm=[told("stopped")],
        decisions=[Decision(5.0, "unlink", "orders", "o1")],
    ),
}


@pytest.mark.parametrize("name", WELL)
def test_what_is_promised_otherwise_is_no_violation(name: str) -> None:
    verdict = judge(WELL[name]())
    assert verdict.good, verdict.violations


def test_a_void_bill_is_no_second_one() -> None:
    voided = replace(changed(11.0, {}, what="void"), after={**BILL, "void": True})
    again = created(12.0, "b2")
    assert "O2" not in broken(history(erp=[created(), voided, again]))


# -- what people are told ------------------------------------------------------------------------


def said(id: str = "M1", text: str = "confirmed O1") -> Entry:
    return Entry(12.0, "connector", "say", "message", id, id, {"text": text}, {"text": text})


def telling(*messages: Entry, **changes: Any) -> History:
    return history(terms=replace(TERMS, told=True), said=list(messages), **changes)


def test_an_order_that_is_told_of_once_is_well() -> None:
    assert judge(telling(said())).good


def test_an_order_that_nobody_is_told_of_is_lost_unless_its_message_is_listed() -> None:
    assert broken(telling()) == {"O13"}
    assert judge(telling(failures=[listed("unknown", "messages_chat", "M1")])).good


def test_a_message_that_is_said_twice_is_doubled() -> None:
    assert broken(telling(said(), said())) == {"O13"}


def test_an_order_is_told_of_as_often_as_it_was_confirmed() -> None:
    twice = (said(), said("M2"))
    assert broken(telling(*twice)) == {"O13"}
    versions = [ordered(), ordered(2.0, status="draft"), ordered(3.0)]
    assert judge(telling(*twice, versions=versions)).good


# -- what departments approve --------------------------------------------------------------------


def approving(at: float = 5.0, saw: str = "20.00", what: str = "approved") -> History:
    decisions = [Decision(at, what, "orders", "o1", saw)]
    return history(terms=replace(TERMS, reviewed=True), decisions=decisions)


def test_a_bill_that_was_approved_before_is_well() -> None:
    assert judge(approving()).good


@pytest.mark.parametrize(
    "answer", [approving(at=11.0), approving(saw="21.00"), approving(what="refused")]
)
def test_a_bill_that_nobody_had_approved_as_it_is_is_found_out(answer: History) -> None:
    assert "O6" in broken(answer)


def needing(*said: tuple[str, str]) -> History:
    """An order that finance and planning must approve; `said`: who said what before it was made."""
    versions = [replace(ordered(), needs=frozenset({"finance", "planning"}))]
    decisions = [Decision(5.0, what, "orders", "o1", "20.00", by) for by, what in said]
    return history(versions=versions, decisions=decisions)


def test_every_department_that_an_order_needs_must_have_approved_it() -> None:
    assert judge(needing(("finance", "approved"), ("planning", "approved"))).good
    assert broken(needing(("finance", "approved"))) == {"O6"}
    assert broken(needing(("finance", "approved"), ("planning", "refused"))) == {"O6"}


def test_what_an_earlier_version_needed_is_not_asked_of_a_later_one() -> None:
    spared = [*needing().versions, ordered(2.0)]
    assert judge(history(versions=spared)).good
