"""More faults planted in the reference adapter, of batches, threads and hygiene; see `broken`."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from typing import Any, ClassVar

from adapters.memory import MemoryAdapter
from connector.contract import Capabilities, Identity, Write, Written
from connector.errors import (
    AdapterError,
)
from tests.conformance.broken import Planted


class MixedUp(MemoryAdapter):
    def write_many(self, writes: Sequence[Write]) -> Iterator[Written | AdapterError]:
        yield from reversed(list(super().write_many(writes)))


class TestMixesUpBatchOutcomes(Planted):
    kind = MixedUp
    caught_by = ("test_a_batch_has_one_outcome_per_write_in_order",)


class AllOrNothing(MemoryAdapter):
    def write_many(self, writes: Sequence[Write]) -> Iterator[Written | AdapterError]:
        for outcome in super().write_many(writes):
            if isinstance(outcome, AdapterError):
                raise outcome
            yield outcome


class TestGivesUpABatchAtTheFirstBadRecord(Planted):
    kind = AllOrNothing
    caught_by = ("test_one_bad_record_does_not_take_the_others_along",)


class Short(MemoryAdapter):
    def write_many(self, writes: Sequence[Write]) -> Iterator[Written | AdapterError]:
        for outcome in super().write_many(writes):
            if isinstance(outcome, Written):
                yield outcome


class TestLeavesFailuresOutOfABatchsOutcomes(Planted):
    kind = Short
    caught_by = ("test_one_bad_record_does_not_take_the_others_along",)


class Boastful(MemoryAdapter):
    def codes(self, form: str, field: str, wanted: Collection[str] | None = None) -> Any:
        told = super().codes(form, field, wanted) or {}
        return told if wanted else {**told, "G-z": "停用"}


class TestTellsCodesThatAreNotAccepted(Planted):
    kind = Boastful
    caught_by = ("test_every_code_that_is_told_is_accepted",)


class Chatty(MemoryAdapter):
    def codes(self, form: str, field: str, wanted: Collection[str] | None = None) -> Any:
        return super().codes(form, field)


class TestTellsCodesThatNobodyAskedFor(Planted):
    kind = Chatty
    caught_by = ("test_of_the_codes_those_that_are_wanted_are_told",)


class Silent(MemoryAdapter):
    def codes(self, form: str, field: str, wanted: Collection[str] | None = None) -> Any:
        return dict.fromkeys(super().codes(form, field, wanted) or ())


class TestTellsCodesWithoutNames(Planted):
    kind = Silent
    caught_by = ("test_codes_are_texts_and_so_are_their_names",)


class Shared(MemoryAdapter):
    """Keeps the write at hand in itself, where another thread finds it."""

    def write(self, write: Write) -> Written:
        self._write = write
        if threading.current_thread() is not threading.main_thread():
            with suppress(threading.BrokenBarrierError):
                self._meeting.wait(1)
        return super().write(self._write)

    _meeting: ClassVar[threading.Barrier] = threading.Barrier(2)


class TestSharesStateBetweenThreads(Planted):
    kind = Shared
    caught_by = ("test_several_threads_create_through_one_adapter",)


class Calling(MemoryAdapter):
    def __init__(self, settings: Any, http: Any, clock: Any) -> None:
        super().__init__(settings, http, clock)
        if http is not None:
            http.send("GET", "/version")


class TestCallsTheRemoteWhenBuilt(Planted):
    kind = Calling
    caught_by = ("test_building_does_no_input_or_output",)


class Moody(MemoryAdapter):
    def check(self) -> Identity:
        self.capabilities = Capabilities(longest_write=2.0)
        return super().check()


class TestChangesItsCapabilities(Planted):
    kind = Moody
    settings = {}
    caught_by = ("test_capabilities_are_data_and_stay_as_they_are",)


class Nameless(MemoryAdapter):
    def check(self) -> Identity:
        return Identity("")


class TestNamesNoTenant(Planted):
    kind = Nameless
    caught_by = ("test_check_names_the_tenant_and_always_the_same",)
