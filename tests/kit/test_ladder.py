"""Bills climb their steps: nothing is done twice, and no refusal is taken at its word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest

from connector.contract import Record, TableWrite, Write, Written
from connector.errors import (
    AdapterError,
    Changed,
    Conflict,
    Gone,
    HalfDone,
    Locked,
    OutcomeUnknown,
    Rejected,
)
from connector.kit.ladder import Climber, Ladder, Step, names_of

STEPS = (
    Step("submitted", "submit", frozenset(("open", "back")), "sent"),
    Step("audited", "audit", frozenset(("sent",)), "done"),
)


class Bill(Climber):
    steps = STEPS


@dataclass
class Books(Ladder[Bill]):
    """States by key, and what the remote answers."""

    states: dict[str, str]
    says: dict[tuple[str, str], AdapterError] = field(default_factory=dict)
    """By verb and key."""
    down: AdapterError | None = None
    """Looking fails."""
    moves: dict[str, str] = field(default_factory=dict)
    """By key: what somebody makes of a bill while our step is refused."""
    calls: list[tuple[str, list[str]]] = field(default_factory=list)

    def look(self, bills: Sequence[Bill]) -> None:
        if self.down:
            raise self.down
        for bill in bills:
            bill.state = self.states.get(bill.key, "")

    def take(self, step: Step, bills: Sequence[Bill]) -> Mapping[str, AdapterError | None]:
        self.calls.append((step.verb, [bill.key for bill in bills]))
        results = {bill.key: self.says.get((step.verb, bill.key)) for bill in bills}
        for key, error in results.items():
            self.states[key] = self.moves.get(key, self.states[key]) if error else step.target
        self.states = {key: state for key, state in self.states.items() if state}
        return results

    def take_back(self, bill: Bill) -> None:
        if error := self.says.get(("back", bill.key)):
            raise error
        self.states[bill.key] = bill.state = "back"


def bill(key: str = "1", state: str = "open", until: str = "audited", **more: Any) -> Bill:
    return Bill(Write("order", key, {}, until=until, **more), key, f"SO-{key}", state)


def climbed(books: Books, *bills: Bill) -> list[Written | AdapterError]:
    books.climb(bills)
    return [one.outcome() for one in bills]


def only(books: Books, one: Bill) -> Written | AdapterError:
    (outcome,) = climbed(books, one)
    return outcome


def test_a_form_has_its_steps_after_saving() -> None:
    assert names_of(STEPS) == ("saved", "submitted", "audited")


@pytest.mark.parametrize(
    ("state", "until", "taken"),
    [
        ("open", "audited", ["submit", "audit"]),
        ("sent", "audited", ["audit"]),
        ("done", "audited", []),
        ("open", "submitted", ["submit"]),
        ("open", "saved", []),
        ("open", "", []),
        ("done", "saved", []),
    ],
)
def test_what_is_left_is_taken_and_nothing_more(state: str, until: str, taken: list[str]) -> None:
    books = Books({"1": state})
    outcome = only(books, bill(state=state, until=until))
    assert [verb for verb, _ in books.calls] == taken
    assert isinstance(outcome, Written)


def test_several_bills_climb_in_one_call_a_step_each_from_where_it_stands() -> None:
    books = Books({"1": "open", "2": "sent"})
    outcomes = climbed(books, bill("1"), bill("2", "sent"))
    assert books.calls == [("submit", ["1"]), ("audit", ["1", "2"])]
    assert [one.step for one in outcomes if isinstance(one, Written)] == ["audited", "audited"]


def test_one_that_is_refused_keeps_no_other_back() -> None:
    books = Books({"1": "open", "2": "open"}, {("submit", "1"): Rejected("no")})
    first, second = climbed(books, bill("1"), bill("2"))
    assert isinstance(first, HalfDone)
    assert (str(first), first.written.step) == ("no", "saved")  # type: ignore[attr-defined]
    assert isinstance(second, Written)
    assert books.calls == [("submit", ["1", "2"]), ("audit", ["2"])]


def test_a_call_that_fails_as_a_whole_fails_for_each_and_is_not_looked_into() -> None:
    class Down(Books):
        def take(self, step: Step, bills: Sequence[Bill]) -> Mapping[str, AdapterError | None]:
            raise OutcomeUnknown("lost")

    books = Down({"1": "open"}, down=AssertionError("nobody asks"))  # type: ignore[arg-type]
    outcome = only(books, bill())
    assert isinstance(outcome, HalfDone)
    assert isinstance(outcome.cause, OutcomeUnknown)


def test_a_step_that_somebody_else_has_taken_meanwhile_is_done() -> None:
    books = Books({"1": "open"}, {("submit", "1"): Rejected("sent already")}, moves={"1": "sent"})
    outcome = only(books, bill())
    assert isinstance(outcome, Written)
    assert outcome.step == "audited"


def test_a_bill_that_was_moved_out_of_the_way_is_looked_at_anew() -> None:
    books = Books({"1": "sent"}, {("audit", "1"): Changed("not sent")}, moves={"1": "open"})
    outcome = only(books, bill(state="sent"))
    assert isinstance(outcome, HalfDone)
    assert isinstance(outcome.cause, Changed)
    assert "SO-1" in str(outcome)


def test_a_bill_that_was_deleted_meanwhile_is_gone() -> None:
    books = Books({"1": "open"}, {("submit", "1"): Rejected("what bill?")}, moves={"1": ""})
    outcome = only(books, bill())
    assert isinstance(outcome, HalfDone)
    assert isinstance(outcome.cause, Gone)
    assert "(1)" in str(outcome.cause)


@pytest.mark.parametrize("down", [None, Locked("busy")])
def test_a_refusal_stands_where_nothing_moved_or_nobody_can_tell(down: AdapterError | None) -> None:
    books = Books({"1": "open"}, {("submit", "1"): Rejected("no")}, down)
    outcome = only(books, bill())
    assert isinstance(outcome, HalfDone)
    assert str(outcome.cause) == "no"


def test_an_adapter_may_tell_whom_a_refused_bill_waits_for() -> None:
    class WithPeople(Books):
        def meant(self, step: Step, bill: Bill, refusal: AdapterError) -> AdapterError | None:
            bill.awaits = "the boss"
            return None

    books = WithPeople({"1": "sent"}, {("audit", "1"): Rejected("a workflow decides")})
    outcome = only(books, bill(state="sent"))
    assert isinstance(outcome, Written)
    assert (outcome.step, outcome.awaits) == ("submitted", "the boss")


def test_a_step_whose_answer_tells_that_it_led_further_is_taken_at_its_word() -> None:
    class Hasty(Books):
        def take(self, step: Step, bills: Sequence[Bill]) -> Mapping[str, AdapterError | None]:
            for bill in bills:
                bill.state = "done"
            return super().take(step, bills)

    books = Hasty({"1": "open"})
    outcome = only(books, bill())
    assert isinstance(outcome, Written)
    assert outcome.step == "audited"
    assert [verb for verb, _ in books.calls] == ["submit"]


def test_whatever_is_known_of_a_bill_is_told() -> None:
    shown, keys = Record("1", {}), {"rows": {"a": "11"}}
    known = bill(state="done")
    known.line_keys, known.shown, known.awaits = keys, shown, "the boss"
    assert known.written() == Written("1", "SO-1", keys, "audited", "the boss", shown)


def test_a_new_bill_that_was_never_saved_is_not_half_done() -> None:
    new = bill(key="", state="")
    new.error = Rejected("no customer")
    assert new.outcome() is new.error


# -- back ----------------------------------------------------------------------------------------


def test_a_bill_is_taken_back_only_where_the_flow_allows_it() -> None:
    books = Books({"1": "done"})
    with pytest.raises(Conflict, match="SO-1"):
        books.reopen(bill(state="done"))
    assert books.states == {"1": "done"}
    open_again = bill(state="done", on_change=("unaudit", "ask"))
    books.reopen(open_again)
    assert open_again.editable


def test_what_hangs_on_a_bill_makes_taking_it_back_a_conflict_in_the_remotes_words() -> None:
    books = Books({"1": "done"}, {("back", "1"): Rejected("shipped", code="7", answer="{}")})
    with pytest.raises(Conflict, match="shipped") as refused:
        books.reopen(bill(state="done", on_change=("unaudit",)))
    assert (refused.value.code, refused.value.answer) == ("7", "{}")


def taken_back(until: str = "audited") -> Bill:
    made = bill(state="back", until=until)
    made.was = "audited"
    return made


def test_a_bill_goes_up_again_when_its_change_is_refused() -> None:
    books = Books({"1": "back"})
    error = Rejected("no such material")
    assert books.put_back(taken_back(until="saved"), error) is error
    assert (str(error), books.states) == ("no such material", {"1": "done"})


def test_nothing_of_the_change_goes_up_with_it() -> None:
    class Seen(Books):
        def take(self, step: Step, bills: Sequence[Bill]) -> Mapping[str, AdapterError | None]:
            writes.extend(bill.write for bill in bills)
            return super().take(step, bills)

    writes: list[Write] = []
    change: dict[str, Any] = {
        "fields": {"memo": "new"}, "tables": {"rows": TableWrite(drop=("11",))},
        "expect": {"total": (Decimal(1), Decimal(0))},
    }  # fmt: skip
    going = taken_back()
    going.write = replace(going.write, **change)
    Seen({"1": "back"}).put_back(going, Rejected("no such material"))
    assert writes
    assert all((one.fields, one.tables, one.expect) == ({}, {}, {}) for one in writes)


def test_a_bill_that_cannot_go_up_again_is_told_of() -> None:
    books = Books({"1": "back"}, {("submit", "1"): Rejected("closed month")})
    told = str(books.put_back(taken_back(), Rejected("no such material")))
    assert "no such material" in told
    assert "closed month" in told
    assert "SO-1" in told


def test_a_change_in_doubt_is_left_for_the_look_up() -> None:
    books = Books({"1": "back"})
    books.put_back(taken_back(), OutcomeUnknown("lost"))
    assert books.calls == []
