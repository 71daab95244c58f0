"""Faults that the reference adapter cannot show, planted in Fxiaoke's; see `broken`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import pytest

from adapters.fxiaoke import Fxiaoke
from connector.contract import Identity, Page, Record, Shape, Write, Written
from connector.errors import (
    AccessDenied,
    OutcomeUnknown,
    Rejected,
    Transient,
)
from connector.testing import Remote
from tests.conformance import fxiaoke_remote as fxiaoke
from tests.conformance.broken import Planted


class PlantedInFxiaoke(Planted):
    """What the world in memory cannot show is tried on Fxiaoke's accounts."""

    sample = fxiaoke.ACCOUNTS
    kind = Fxiaoke

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:  # type: ignore[override]
        with fxiaoke.Accounts.running(self.sample) as made:
            made.kind = self.kind  # type: ignore[misc]
            yield made


class NoLookback(Fxiaoke):
    def __init__(self, settings: Any, http: Any, clock: Any) -> None:
        super().__init__(settings, http, clock)
        self._reading._settings = settings.model_copy(update={"lookback": 0.0})


class TestLooksBackAtNothing(PlantedInFxiaoke):
    kind = NoLookback
    caught_by = ("test_what_is_committed_late_is_found_inside_the_lookback",)


class Optimistic(Fxiaoke):
    def write(self, write: Write) -> Written:
        try:
            return super().write(write)
        except (OutcomeUnknown, Transient):
            return Written("surely")


class TestTakesWhateverAnswerForSuccess(PlantedInFxiaoke):
    kind = Optimistic
    caught_by = (
        "test_a_write_answered_by_a_page_of_html_is_unknown_and_not_repeated",
        "test_a_page_of_html_is_no_success_of_a_write",
        "test_a_status_of_failure_is_no_success_of_a_write",
        "test_a_create_that_never_arrived_is_unknown_or_undone",
    )


class Content(Fxiaoke):
    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        with suppress(Transient):
            yield from super().read(shape, after)

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        with suppress(Transient):
            yield from super().fetch(shape, keys)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        with suppress(Transient):
            yield from super().find(shape, field, values)


class TestTakesAFailedReadingForAnEmptyOne(PlantedInFxiaoke):
    kind = Content
    caught_by = (
        "test_a_page_of_html_is_no_empty_reading",
        "test_a_fetch_met_by_a_status_of_failure_does_not_say_that_the_record_is_gone",
        "test_a_find_met_by_a_status_of_failure_does_not_say_that_there_is_none",
    )


class Talkative(Fxiaoke):
    def check(self) -> Identity:
        try:
            return super().check()
        except AccessDenied as error:
            raise AccessDenied(f"{error} ({self.settings.secrets()})") from error


class TestTellsTheSecretInAnError(PlantedInFxiaoke):
    kind = Talkative
    caught_by = ("test_secrets_do_not_show_in_errors",)


class Careless(Fxiaoke):
    def check(self) -> Identity:
        self.last_login = self.settings.secrets()
        return super().check()


class TestKeepsTheSecretInPlainText(PlantedInFxiaoke):
    kind = Careless
    caught_by = ("test_secrets_do_not_show",)


class Undecided(Fxiaoke):
    def check(self) -> Identity:
        try:
            return super().check()
        except AccessDenied as error:
            raise Rejected(error.words) from None


class TestTakesARefusedPasswordForARefusedRecord(PlantedInFxiaoke):
    kind = Undecided
    caught_by = ("test_a_refused_password_is_access_denied",)


class OneSession(Fxiaoke):
    def __init__(self, settings: Any, http: Any, clock: Any) -> None:
        super().__init__(settings, http, clock)
        token = self._client._token.get
        self._client._token.get = lambda lost=None: token()  # type: ignore[method-assign]


class TestNeverLogsInAgain(PlantedInFxiaoke):
    kind = OneSession
    caught_by = (
        "test_a_session_that_ends_is_renewed",
        "test_a_session_that_ends_before_a_write_costs_nothing",
    )
