"""The other pure decisions: differences, guards, retries and scopes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector import errors
from connector.contract import Written
from connector.engine.diff import diff
from connector.engine.guards import FEW, check_creates, check_gone
from connector.engine.retry import AWAITED, FIRST, LOCKED, LONGEST, Decision, backoff, decide
from connector.engine.scope import scope
from connector.mapping.expr import Expression
from connector.messages import say

# -- differences -----------------------------------------------------------------------------


def test_equal_records_do_not_differ() -> None:
    record = {"a": 1, "custom": {"x": "y"}, "lines": [{"id": "1", "q": "2"}]}
    assert diff(record, dict(record)) == {}


def test_a_field_is_shown_before_and_after() -> None:
    assert diff({"a": "1", "b": "x"}, {"a": "2", "c": "y"}) == {
        "a": ["1", "2"],
        "b": ["x", None],
        "c": [None, "y"],
    }


def test_custom_fields_are_compared_one_by_one() -> None:
    before, after = {"custom": {"x": 1, "y": 2}}, {"custom": {"x": 1, "y": 3}}
    assert diff(before, after) == {"custom.y": [2, 3]}


def test_lines_are_compared_by_their_id_and_not_by_position() -> None:
    one, two = {"id": "1", "q": "5"}, {"id": "2", "q": "6"}
    assert diff({"lines": [one, two]}, {"lines": [two, one]}) == {}
    assert diff({"lines": [one, two]}, {"lines": [two, {**one, "q": "7"}]}) == {
        "lines.1.q": ["5", "7"]
    }


def test_a_field_that_becomes_a_group_of_fields_is_shown_whole() -> None:
    assert diff({"x": "1"}, {"x": {"a": 1}}) == {"x": ["1", {"a": 1}]}
    assert diff({"x": {"a": 1}}, {}) == {"x": [{"a": 1}, None]}


def test_lines_that_come_or_go_are_shown_whole() -> None:
    one, two = {"id": "1"}, {"id": "2"}
    assert diff({"lines": [one]}, {"lines": [two]}) == {
        "lines.1": [one, None],
        "lines.2": [None, two],
    }
    assert diff({}, {"lines": [one]}) == {"lines.1": [None, one]}
    assert diff({"lines": [one]}, {}) == {"lines.1": [one, None]}


def test_lines_without_an_id_go_by_position() -> None:
    assert diff({"units": [{"unit": "a"}]}, {"units": [{"unit": "b"}]}) == {
        "units.0.unit": ["a", "b"]
    }


def test_plain_lists_are_values() -> None:
    assert diff({"o": ["1"]}, {"o": ["1", "2"]}) == {"o": [["1"], ["1", "2"]]}


# -- guards ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "known, gone, share, stops",
    [
        (1000, 50, 5, False),
        (1000, 51, 5, True),
        (1000, 1000, 100, False),
        (FEW, FEW, 0, True),
        (10, FEW - 1, 0, False),
        (5, 5, 5, False),
        (1000, 0, 0, False),
    ],
)
def test_a_reading_with_too_much_gone_is_stopped(
    known: int, gone: int, share: int, stops: bool
) -> None:
    if not stops:
        return check_gone("stock", known, gone, share)
    with pytest.raises(errors.UnsafeRun, match="--allow-gone") as caught:
        check_gone("stock", known, gone, share)
    assert caught.value.words == say(
        "too_many_gone", what="stock", gone=gone, known=known, share=share
    )
    return None


@pytest.mark.parametrize("waiting, most", [(500, 500), (10**6, None), (0, 0)])
def test_as_many_creates_as_allowed_go(waiting: int, most: int | None) -> None:
    check_creates("orders", waiting, most)


def test_one_create_too_many_stops_the_run_and_names_the_way_out() -> None:
    with pytest.raises(errors.UnsafeRun, match=r"501.*max_creates.*--allow-creates") as caught:
        check_creates("orders", 501, 500)
    assert caught.value.words == say("too_many_creates", flow="orders", waiting=501, most=500)


# -- retries ---------------------------------------------------------------------------------


def decided(error: errors.ConnectorError, attempts: int = 0, most: int = 8) -> Decision:
    return decide(error, attempts, most, settle=100.0, chance=1.0)


def stop(reason: str, *, counted: bool = False) -> Decision:
    return Decision("stopped", reason, counted=counted)


PAUSE = Decision("pending", "retry", 0.0, pauses=True)
RETRY = Decision("pending", "retry", FIRST, counted=True)
UNKNOWN = Decision("in_doubt", "unknown", 100.0, counted=True)
DECISIONS: list[tuple[errors.ConnectorError, Decision]] = [
    (errors.Unreachable("x"), PAUSE),
    (errors.Unreachable("x", retry_after=9), PAUSE),
    (errors.AccessDenied("x"), PAUSE),
    (errors.Transient("x"), RETRY),
    (errors.Transient("x", retry_after=5), RETRY),
    (errors.Transient("x", retry_after=500), Decision("pending", "retry", 500, counted=True)),
    (errors.OutcomeUnknown("x"), UNKNOWN),
    (errors.Awaiting("x"), Decision("pending", "awaiting", AWAITED)),
    (errors.AlreadyExists("x"), stop("not_ours")),
    (errors.Changed("x"), Decision("pending", "retry", 1.0, counted=True)),
    (errors.Conflict("x"), stop("conflict")),
    (errors.Locked("x"), Decision("pending", "locked", LOCKED)),
    (errors.Locked("x", retry_after=7), Decision("pending", "locked", 7)),
    (errors.Gone("x"), stop("gone")),
    (errors.Rejected("x"), stop("rejected")),
    (errors.MappingFault("p", "x"), stop("mapping")),
    (errors.MissingLink("customer", "c1", "x"), Decision("pending", "waits_for")),
    (errors.HalfDone(Written("k"), errors.Rejected("x")), stop("rejected")),
    (errors.HalfDone(Written("k"), errors.Transient("x")), RETRY),
    (errors.HalfDone(Written("k"), errors.OutcomeUnknown("x")), UNKNOWN),
    (errors.HalfDone(Written("k"), errors.Unreachable("x")), PAUSE),
    (errors.HalfDone(Written("k"), errors.HalfDone(Written("k"), errors.Gone("x"))), stop("gone")),
]


@pytest.mark.parametrize(
    "error, decision", DECISIONS, ids=[type(error).__name__ for error, _ in DECISIONS]
)
def test_every_error_has_its_decision(error: errors.ConnectorError, decision: Decision) -> None:
    assert decided(error) == decision


def test_every_class_of_adapter_errors_is_in_the_table() -> None:
    assert {type(error) for error, _ in DECISIONS} >= set(errors.AdapterError.__subclasses__())


@pytest.mark.parametrize("error", [errors.AdapterError("x"), errors.UnsafeRun("x")])
def test_an_error_nobody_decided_about_is_tried_again_and_counted(
    error: errors.ConnectorError,
) -> None:
    assert decided(error) == RETRY


@pytest.mark.parametrize("kind", [errors.Transient, errors.Changed, errors.AdapterError])
def test_the_last_counted_attempt_stops(kind: type[errors.AdapterError]) -> None:
    assert decided(kind("x"), attempts=6, most=8).state == "pending"
    assert decided(kind("x"), attempts=7, most=8) == stop("rejected", counted=True)


@pytest.mark.parametrize(
    "error", [errors.Unreachable("x"), errors.Locked("x"), errors.OutcomeUnknown("x")]
)
def test_what_says_nothing_about_the_record_never_stops_it(error: errors.AdapterError) -> None:
    assert decided(error, attempts=999, most=1).state != "stopped"


@given(st.integers(0, 60), st.floats(0, 1))
def test_pauses_grow_to_an_hour_and_are_spread_over_half_of_themselves(
    attempts: int, chance: float
) -> None:
    most = min(FIRST * 2**attempts, LONGEST)
    assert most / 2 <= backoff(attempts, chance) <= most
    assert backoff(attempts, 1.0) <= backoff(attempts + 1, 1.0)


# -- scopes ----------------------------------------------------------------------------------

CONFIRMED = Expression('status == "confirmed"')
REVIEW = Expression('status == "in_approval"')
START = date(2026, 1, 1)


def scoped(object: str = "sales_order", since: Any = START, **fields: Any) -> str:
    return scope(object, fields.get, since=since, when=CONFIRMED, hold=REVIEW)


@pytest.mark.parametrize(
    "status, found",
    [("confirmed", "in"), ("in_approval", "hold"), ("draft", "out"), (None, "out")],
)
def test_a_record_is_in_held_or_out_by_its_conditions(status: str | None, found: str) -> None:
    assert scoped(status=status, order_date=START) == found


def test_an_older_record_stays_out_whatever_its_conditions_say() -> None:
    assert scoped(status="confirmed", order_date=date(2025, 12, 31)) == "out"
    assert scoped(status="in_approval", order_date=date(2025, 12, 31)) == "out"


def test_a_record_without_a_date_is_in() -> None:
    assert scoped(status="confirmed") == "in"


def test_everything_is_recent_enough_without_a_since() -> None:
    assert scoped(since=None, status="confirmed", order_date=date(1999, 1, 1)) == "in"


@pytest.mark.parametrize("object, field", [("shipment", "shipped_on"), ("customer", "created_on")])
def test_the_date_is_the_object_s_own(object: str, field: str) -> None:
    old: dict[str, Any] = {field: date(2025, 1, 1)}
    assert scoped(object, status="confirmed", **old) == "out"
    assert scoped(object, status="confirmed", order_date=date(2025, 1, 1)) == "in"


def test_without_conditions_everything_is_in() -> None:
    assert scope("customer", lambda name: None, since=None, when=None, hold=None) == "in"
