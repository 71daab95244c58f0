"""Writes of bills: saved, changed by the ways that are open, or left to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from connector.contract import RowWrite, TableWrite, Write, Written
from connector.errors import AdapterError, Conflict, Gone, HalfDone, Locked, Rejected
from connector.kit.bills import Bills
from connector.kit.ladder import Climber, Ladder, Step

STEPS = (
    Step("submitted", "submit", frozenset(("open",)), "sent"),
    Step("audited", "audit", frozenset(("sent",)), "done"),
)
BOTH = ("change_bill", "unaudit")


class Bill(Climber):
    steps = STEPS

    @property
    def voided(self) -> bool:
        return self.state == "void"

    @property
    def closed(self) -> bool:
        return self.state == "closed"


@dataclass
class Climbing(Ladder[Bill]):
    """States by key; `says` what a call is refused with, by its verb."""

    states: dict[str, str]
    says: dict[str, AdapterError]
    calls: list[str]

    def look(self, bills: Sequence[Bill]) -> None:
        for bill in bills:
            bill.state = self.states.get(bill.key, "")

    def take(self, step: Step, bills: Sequence[Bill]) -> Mapping[str, AdapterError | None]:
        self.calls.append(step.verb)
        error = self.says.get(step.verb)
        if error is None:
            self.states |= {bill.key: step.target for bill in bills}
        return {bill.key: error for bill in bills}

    def take_back(self, bill: Bill) -> None:
        self.did("take back")
        bill.state = self.states[bill.key] = "open"

    def did(self, call: str) -> None:
        self.calls.append(call)
        if error := self.says.get(call):
            raise error


class Books(Bills[Bill]):
    """A remote in which one bill, 1, stands."""

    ladder: Climbing

    def __init__(self, state: str, **says: AdapterError) -> None:
        states = {"1": state} if state else {}
        ladder = Climbing(states, {name.replace("_", " "): e for name, e in says.items()}, [])
        super().__init__(ladder, {"change_bill": lambda bill: self.did("change bill", bill)})

    def bill(self, write: Write) -> Bill:
        return Bill(write, write.key, "B-1")

    def did(self, call: str, bill: Bill) -> None:
        assert bill.write.form == "order"
        self.ladder.did(call)

    def create(self, bill: Bill) -> None:
        self.did("create", bill)
        bill.key, bill.state = "1", "open"

    def update(self, bill: Bill) -> None:
        self.did("update", bill)

    def resume(self, bill: Bill) -> None:
        self.did("resume", bill)

    def end(self, bill: Bill) -> None:
        self.did("end", bill)


def write(
    key: str = "1", *on_change: Any, same: bool = False, until: str = "audited", **more: Any
) -> Write:
    fields = {} if same else {"memo": "new"}
    return Write("order", key, fields, until=until, on_change=on_change, **more)


def test_a_new_bill_is_saved_and_taken_up_its_steps() -> None:
    books = Books("")
    outcome = books.write(write(""))
    assert isinstance(outcome, Written)
    assert (outcome.key, outcome.step) == ("1", "audited")
    assert books.ladder.calls == ["create", "submit", "audit"]


def test_of_several_one_that_cannot_be_saved_keeps_no_other_back() -> None:
    books = Books("", create=Rejected("no"))
    several = list(books.write_alike([write(""), write("")]))
    assert [str(one) for one in several] == ["no", "no"]
    assert books.ladder.calls == ["create", "create"]


@pytest.mark.parametrize(
    ("state", "listed", "calls"),
    [
        ("open", (), ["update", "submit", "audit"]),
        ("done", ("change_bill",), ["change bill"]),
        ("done", ("unaudit",), ["take back", "update", "submit", "audit"]),
        ("done", BOTH, ["change bill"]),
        ("sent", BOTH, ["audit", "change bill"]),
    ],
)
def test_a_known_bill_changes_as_its_state_and_its_flow_allow(
    state: str, listed: tuple[str, ...], calls: list[str]
) -> None:
    books = Books(state)
    outcome = books.write(write("1", "edit", *listed, "ask"))
    assert isinstance(outcome, Written)
    assert (outcome.step, books.ladder.calls) == ("audited", calls)


def test_where_one_way_is_barred_the_next_one_is_tried_and_the_first_refusal_told() -> None:
    books = Books("done", change_bill=Conflict("shipped"))
    books.write(write("1", *BOTH))
    assert books.ladder.calls[:2] == ["change bill", "take back"]
    barred = Books("done", change_bill=Conflict("shipped"), take_back=Rejected("hangs on it"))
    with pytest.raises(Conflict, match="shipped"):
        barred.write(write("1", *BOTH))


def test_a_bill_that_was_taken_back_goes_up_again_when_its_change_is_refused() -> None:
    books = Books("done", update=Rejected("no such material"))
    with pytest.raises(Rejected, match="no such material"):
        books.write(write("1", "unaudit"))
    assert books.ladder.states == {"1": "done"}


class Loose(Bill):
    """What was submitted goes back as well as what is audited."""

    under_way = False


class LooseBooks(Books):
    def bill(self, write: Write) -> Bill:
        return Loose(write, write.key, "B-1")


def test_where_a_step_can_be_taken_back_before_the_last_the_bill_is_not_finished_first() -> None:
    books = LooseBooks("sent")
    books.write(write("1", "unaudit"))
    assert books.ladder.calls == ["take back", "update", "submit", "audit"]


def test_such_a_bill_goes_no_further_up_than_it_was_when_its_change_is_refused() -> None:
    books = LooseBooks("sent", update=Rejected("no such material"))
    with pytest.raises(Rejected, match="no such material"):
        books.write(write("1", "unaudit"))
    assert books.ladder.states == {"1": "sent"}


@pytest.mark.parametrize(
    ("state", "listed", "error"),
    [
        ("done", (), Conflict),
        ("closed", BOTH, Conflict),
        ("void", BOTH, Conflict),
        ("sent", (), Locked),
        ("", BOTH, Gone),
    ],
)
def test_what_may_not_change_is_left_alone(
    state: str, listed: tuple[str, ...], error: type[AdapterError]
) -> None:
    books = Books(state)
    with pytest.raises(error) as refused:
        books.write(write("1", *listed))
    assert ("B-1" if state else "(1)") in str(refused.value)
    assert books.ladder.calls == []


def test_an_audit_that_is_refused_on_the_way_to_a_change_is_told() -> None:
    books = Books("sent", audit=Rejected("closed month"))
    with pytest.raises(Rejected, match="closed month"):
        books.write(write("1", *BOTH))


def test_where_only_steps_are_left_nothing_is_saved() -> None:
    books = Books("sent")
    books.write(write("1", same=True))
    assert books.ladder.calls == ["resume", "audit"]


def test_what_is_closed_may_stay_as_it_is() -> None:
    assert isinstance(Books("closed").write(write("1", same=True, until="saved")), Written)


@pytest.mark.parametrize("until", ["saved", "audited"])
def test_what_is_void_is_not_done_however_far_it_came(until: str) -> None:
    with pytest.raises(Conflict, match="B-1"):
        Books("void").write(write("1", same=True, until=until))


def test_one_alone_is_written_as_it_is() -> None:
    (outcome,) = Books("open").write_alike([write("1")])
    assert isinstance(outcome, Written)
    (refused,) = Books("").write_alike([write("1")])
    assert isinstance(refused, Gone)
    assert "(1)" in str(refused)


def test_a_step_that_fails_after_the_save_leaves_it_half_done() -> None:
    outcome = Books("open", submit=Rejected("no")).write(write("1"))
    assert isinstance(outcome, HalfDone)
    assert outcome.written.step == "saved"


class Closing(Books):
    """Rows of a bill at the top can be closed."""

    def close_rows(self, bill: Bill) -> bool:
        self.did("close rows", bill)
        return True


DROPS = {"rows": TableWrite(drop=("11",))}


def test_dropped_rows_are_closed_where_no_way_is_open() -> None:
    books = Closing("done")
    books.write(write("1", same=True, tables=DROPS))
    assert books.ladder.calls == ["close rows"]


@pytest.mark.parametrize(
    ("books", "change"),
    [
        (Books("done"), {"same": True, "tables": DROPS}),
        (Closing("done"), {"tables": DROPS}),
        (Closing("done"), {"same": True, "tables": {"rows": TableWrite([RowWrite("a", "", {})])}}),
    ],
)
def test_rows_are_closed_only_where_that_is_all_and_can_be_done(
    books: Books, change: dict[str, Any]
) -> None:
    with pytest.raises(Conflict):
        books.write(write("1", **change))
    assert books.ladder.calls == []


def test_what_has_no_steps_is_saved_and_nothing_more() -> None:
    class Customers(Books):
        def bill(self, write: Write) -> Bill:
            return Customer(write, write.key)

    class Customer(Bill):
        steps = ()

    books = Customers("there")
    books.write(write("1"))
    assert books.ladder.calls == ["update"]


def test_a_bill_ends_whatever_its_state() -> None:
    books = Books("sent")
    ended = books.write(write("1", verb="cancel"))
    assert isinstance(ended, Written)
    assert books.ladder.calls == ["end"]
