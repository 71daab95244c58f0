"""What stands in the body decides, and only a plain zero is success."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from connector import exact
from connector.errors import (
    AccessDenied,
    AdapterError,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from connector.kit.errcodes import Codes

CODES = Codes(
    denied=frozenset({"7"}), too_fast=frozenset({"9"}), pause=60.0, broken=frozenset({"11"})
)


@dataclass
class Given:
    """An answer with this body."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        return self.body

    def text(self) -> str:
        return exact.dumps(self.body)


def refused(body: Any, *, writes: bool = True) -> AdapterError:
    with pytest.raises(AdapterError) as told:
        CODES.judge(Given(body), writes=writes)
    return told.value


def test_zero_is_success_as_a_number_and_as_a_text() -> None:
    assert CODES.judge(Given({"errcode": 0, "msgid": "m"})) == {"errcode": 0, "msgid": "m"}
    assert CODES.judge(Given({"errcode": "0"})) == {"errcode": "0"}


@pytest.mark.parametrize(
    ("code", "kind"),
    [(7, AccessDenied), ("7", AccessDenied), (9, Unreachable), (-1, Transient), (4711, Rejected)],
)
def test_any_other_code_is_a_failure_that_shows_the_code(
    code: Any, kind: type[AdapterError]
) -> None:
    error = refused({"errcode": code, "errmsg": "so"})
    assert type(error) is kind
    assert (str(error), error.code) == (f"{code}: so", str(code))
    assert error.answer == exact.dumps({"errcode": code, "errmsg": "so"})


def test_who_was_too_fast_stays_away_as_long_as_the_system_says() -> None:
    error = refused({"errcode": 9})
    assert isinstance(error, Unreachable)
    assert error.retry_after == 60


def test_where_the_system_itself_failed_what_was_written_is_in_doubt() -> None:
    assert type(refused({"errcode": 11})) is OutcomeUnknown
    assert type(refused({"errcode": 11}, writes=False)) is Transient


@pytest.mark.parametrize(
    "body", [{}, {"ok": True}, {"errcode": ""}, {"errcode": None}, [], None, "ok"]
)
def test_an_answer_without_a_code_says_nothing_of_what_was_written(body: Any) -> None:
    assert isinstance(refused(body), OutcomeUnknown)
    assert isinstance(refused(body, writes=False), Transient)


def test_a_zero_under_a_status_of_failure_is_not_believed() -> None:
    with pytest.raises(OutcomeUnknown):
        CODES.judge(Given({"errcode": 0}, status=404))
