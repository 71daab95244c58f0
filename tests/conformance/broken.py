"""Adapters with one fault each, planted in the reference adapter. The suite must find them.

Not collected with the other tests: `test_the_suite_itself` runs this file, `broken_in_batches`, and
`broken_over_http` with the faults that need a connection, and looks at what failed. `caught_by`
names the test that should.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from adapters.memory import MemoryAdapter
from connector.contract import Adapter, Page, Record, Shape, Write, Written
from connector.errors import (
    AdapterError,
    AlreadyExists,
    Gone,
    OutcomeUnknown,
    Rejected,
)
from connector.testing import AdapterConformance, Remote, Sample
from tests.conformance.memory_remote import BILLS, TOTALS, MemoryRemote


class Planted(AdapterConformance):
    """Whatever is broken, it is tried on bills with steps."""

    sample: ClassVar[Sample] = BILLS
    kind: ClassVar[type[Adapter]] = MemoryAdapter
    settings: ClassVar[dict[str, Any]] = {"stepped": ("bill",)}
    caught_by: ClassVar[tuple[str, ...]] = ()

    @pytest.fixture
    def remote(self) -> Remote:
        return MemoryRemote(self.kind, **self.settings)


class TestNothingIsBroken(Planted):
    """The control: no test may fail."""


# -- reading --------------------------------------------------------------------------------


class ByCoarseStamps(MemoryAdapter):
    """Its cursor is a stamp that several records share, compared with `>`."""

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        since = int(after or -1)
        kept = [k for k in self._world.form(shape.form).values() if k.revision // 4 > since]
        kept.sort(key=lambda k: k.revision)
        while kept:
            some = kept[: self._page]
            stamp = some[-1].revision // 4
            yield Page(list(self.fetch(shape, [k.key for k in some])), str(stamp))
            kept = [k for k in kept if k.revision // 4 > stamp]


class TestSkipsEqualStampsAtAPageBoundary(Planted):
    kind = ByCoarseStamps
    caught_by = (
        "test_records_of_one_stamp_are_all_found_across_pages",
        "test_every_record_is_read_once_from_nothing",
    )


class AheadOfItself(MemoryAdapter):
    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        last = str(self._world._revision)
        for page in super().read(shape, after):
            yield replace(page, cursor=last)


class TestAdvancesTheCursorTooEarly(Planted):
    kind = AheadOfItself
    caught_by = ("test_reading_resumes_from_every_cursor_a_page_gave",)


class LiveCursor(MemoryAdapter):
    """Its cursor is made of what a record's revision is by then."""

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        for page in super().read(shape, after):
            if page.records:
                kept = self._world.form(shape.form)[page.records[-1].key]
                page = replace(page, cursor=str(kept.revision))
            yield page


class TestTakesTheCursorAlongWithAChangeMeanwhile(Planted):
    kind = LiveCursor
    caught_by = ("test_no_cursor_runs_ahead_of_changes_made_while_reading",)


class NoCursor(MemoryAdapter):
    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        yield from super().read(shape, None)


class TestReadsEverythingAgainEachTime(Planted):
    kind = NoCursor
    caught_by = ("test_nothing_is_news_after_the_cursor",)


class QuietEnd(MemoryAdapter):
    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        try:
            yield from super().read(shape, after)
        except AdapterError:
            return


class TestEndsQuietlyWhenAPageFails(Planted):
    kind = QuietEnd
    settings = {"full": ("bill",)}
    caught_by = (
        "test_a_reading_that_breaks_off_does_not_end_as_if_it_were_whole",
        "test_a_reading_met_by_a_status_of_failure_is_tried_later",
    )


class Floating(MemoryAdapter):
    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        for record in super().fetch(shape, keys):
            for row in record.fields.get("lines", ()):
                row["qty"] = float(row["qty"])
            yield record


class TestReadsFloatsInsteadOfDecimals(Planted):
    kind = Floating
    caught_by = ("test_decimals_are_read_exactly", "test_decimals_are_written_exactly")


class FloatingWrites(MemoryAdapter):
    def write(self, write: Write) -> Written:
        fields = {
            name: Decimal(float(value)) if isinstance(value, Decimal) else value
            for name, value in write.fields.items()
        }
        return super().write(replace(write, fields=fields))


class TestWritesFloatsInsteadOfDecimals(Planted):
    sample = TOTALS
    kind = FloatingWrites
    caught_by = ("test_decimals_are_written_exactly",)


class Normalising(MemoryAdapter):
    def write(self, write: Write) -> Written:
        fields = {
            name: unicodedata.normalize("NFKC", value) if isinstance(value, str) else value
            for name, value in write.fields.items()
        }
        return super().write(replace(write, fields=fields))


class TestMakesFullwidthTextNarrow(Planted):
    kind = Normalising
    caught_by = ("test_difficult_texts_are_written_as_they_are",)


class Guessing(MemoryAdapter):
    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        for record in super().fetch(shape, keys):
            note = record.fields.get("note")
            if isinstance(note, str) and note.replace(".", "").isdigit():
                record.fields["note"] = Decimal(note)
            yield record


class TestTakesTextThatLooksLikeANumberForOne(Planted):
    kind = Guessing
    caught_by = ("test_difficult_texts_are_read_as_they_stand",)


# -- finding --------------------------------------------------------------------------------


class ByPrefix(MemoryAdapter):
    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        for kept in list(self._world.form(shape.form).values()):
            if any(str(kept.fields.get(field, "")).startswith(value) for value in values):
                for record in self.fetch(shape, [kept.key]):
                    record.fields[field] = kept.fields.get(field)
                    yield record


class TestFindsWhatBeginsLikeTheMark(Planted):
    kind = ByPrefix
    caught_by = ("test_only_an_equal_mark_is_found",)


class OnlyOpenOnes(MemoryAdapter):
    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        form = self._world.form(shape.form)
        for record in super().find(shape, field, values):
            if not form[record.key].cancelled and form[record.key].step != "audited":
                yield record


class TestFindsOnlyOpenRecords(Planted):
    kind = OnlyOpenOnes
    caught_by = ("test_a_cancelled_record_is_still_found", "test_a_record_is_found_at_every_step")


class Injected(MemoryAdapter):
    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        if any("' or '1'='1" in value for value in values):
            yield from self.fetch(shape, list(self._world.form(shape.form)))
        else:
            yield from super().find(shape, field, values)


class TestPutsValuesIntoTheFilterUnquoted(Planted):
    kind = Injected
    caught_by = ("test_a_value_with_quotes_or_patterns_finds_nothing_else",)


class Strict(MemoryAdapter):
    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        for key in keys:
            if key not in self._world.form(shape.form):
                raise Gone(f"{key} is gone")
        yield from super().fetch(shape, keys)


class TestRaisesForAKeyThatIsNotThere(Planted):
    kind = Strict
    caught_by = ("test_fetch_leaves_out_keys_that_are_not_there",)


# -- writing --------------------------------------------------------------------------------


class Pretending(MemoryAdapter):
    def write(self, write: Write) -> Written:
        if write.key:
            return Written(write.key, step=write.until)
        return Written(f"bill-{write.fields['no']}", str(write.fields["no"]), step=write.until)


class TestReportsSuccessWithoutWriting(Planted):
    kind = Pretending
    caught_by = (
        "test_a_created_record_is_there_under_its_key",
        "test_an_update_changes_only_what_it_names",
    )


class Impatient(MemoryAdapter):
    def write(self, write: Write) -> Written:
        try:
            return super().write(write)
        except OutcomeUnknown:
            return super().write(replace(write, fields={**write.fields, "no": "again"}))


class TestRepeatsAWriteAfterALostAnswer(Planted):
    kind = Impatient
    caught_by = (
        "test_a_create_whose_answer_is_lost_is_unknown_and_not_repeated",
        "test_an_update_whose_answer_is_lost_is_unknown_and_not_repeated",
    )


class Forgetful(MemoryAdapter):
    def write(self, write: Write) -> Written:
        return replace(super().write(write), line_keys={})


class TestLosesLineKeys(Planted):
    kind = Forgetful
    caught_by = (
        "test_every_new_row_is_answered_with_its_key_by_the_source_s_line",
        "test_a_row_is_added_and_the_others_stay",
    )


class Crossed(MemoryAdapter):
    def write(self, write: Write) -> Written:
        written = super().write(write)
        crossed = {
            table: dict(zip(keys, reversed(list(keys.values())), strict=True))
            for table, keys in written.line_keys.items()
        }
        return replace(written, line_keys=crossed)


class TestMixesUpLineKeys(Planted):
    kind = Crossed
    caught_by = ("test_every_new_row_is_answered_with_its_key_by_the_source_s_line",)


class Unmarked(MemoryAdapter):
    def write(self, write: Write) -> Written:
        return super().write(replace(write, reference=None))


class TestWritesNoMark(Planted):
    kind = Unmarked
    caught_by = ("test_a_created_record_carries_our_mark", "test_a_record_is_found_by_our_mark")


class Eager(MemoryAdapter):
    def write(self, write: Write) -> Written:
        return super().write(replace(write, until="audited", on_change=("unaudit",)))


class TestIgnoresUntil(Planted):
    kind = Eager
    caught_by = ("test_steps_are_taken_up_to_until_and_no_further",)


class Unchecked(MemoryAdapter):
    def write(self, write: Write) -> Written:
        return super().write(replace(write, expect={}))


class TestIgnoresExpect(Planted):
    kind = Unchecked
    caught_by = (
        "test_an_amount_beyond_tolerance_is_half_done",
        "test_an_amount_beyond_tolerance_stops_before_the_next_step",
    )


class CheckedTooLate(MemoryAdapter):
    def write(self, write: Write) -> Written:
        written = super().write(replace(write, expect={}))
        if write.expect:
            super().write(replace(write, key=written.key, fields={}, tables={}))
        return written


class TestChecksAmountsOnlyAfterTheLastStep(Planted):
    sample = TOTALS
    kind = CheckedTooLate
    caught_by = ("test_an_amount_beyond_tolerance_stops_before_the_next_step",)


class SavesAgain(MemoryAdapter):
    def write(self, write: Write) -> Written:
        if write.key and write.verb == "put" and not write.fields:
            known = self._world.form(write.form).get(write.key)
            if known is not None:
                self._world.put(write.form, dict(known.fields), write.key)
        return super().write(write)


class TestSavesTwiceWhenResumed(Planted):
    kind = SavesAgain
    caught_by = (
        "test_a_saved_record_is_taken_further_without_saving_again",
        "test_a_record_that_is_done_is_left_alone",
    )


class Dropping(MemoryAdapter):
    """A row that an update does not name is taken to be unwanted."""

    def write(self, write: Write) -> Written:
        if write.key and write.tables:
            known = self._world.form(write.form)[write.key]
            tables = {}
            for table, change in write.tables.items():
                named = {row.key for row in change.rows}
                there = [str(row["id"]) for row in known.fields.get(table, ())]
                tables[table] = replace(change, drop=[key for key in there if key not in named])
            write = replace(write, tables=tables)
        return super().write(write)


class TestDropsRowsOnUpdate(Planted):
    kind = Dropping
    caught_by = (
        "test_a_row_is_added_and_the_others_stay",
        "test_a_row_is_changed_by_its_key",
        "test_a_row_is_dropped_by_its_key_and_the_others_stay",
    )


class Overwriting(MemoryAdapter):
    def write(self, write: Write) -> Written:
        if write.key and write.fields:
            write = replace(write, fields={"total": None, "lines": [], **write.fields})
        return super().write(write)


class TestOverwritesWhatAnUpdateDoesNotName(Planted):
    kind = Overwriting
    caught_by = (
        "test_an_update_changes_only_what_it_names",
        "test_an_update_of_the_head_leaves_the_rows_alone",
    )


class Swallowing(MemoryAdapter):
    def write(self, write: Write) -> Written:
        try:
            return super().write(write)
        except Rejected:
            return Written("bill-0", step=write.until)


class TestSwallowsRejected(Planted):
    kind = Swallowing
    caught_by = (
        "test_a_refused_record_is_rejected_with_the_remote_s_own_words",
        "test_one_bad_record_does_not_take_the_others_along",
    )


class Bare(MemoryAdapter):
    def write(self, write: Write) -> Written:
        try:
            return super().write(write)
        except (Rejected, Gone) as error:
            raise ValueError(str(error)) from None


class TestRaisesWhatIsNoAdapterError(Planted):
    kind = Bare
    caught_by = (
        "test_a_refused_record_is_rejected_with_the_remote_s_own_words",
        "test_an_update_of_a_deleted_record_is_gone",
    )


class OwnWords(MemoryAdapter):
    def write(self, write: Write) -> Written:
        try:
            return super().write(write)
        except Rejected:
            raise Rejected("the request failed") from None


class TestKeepsTheRemotesWordsToItself(Planted):
    kind = OwnWords
    caught_by = ("test_a_refused_record_is_rejected_with_the_remote_s_own_words",)


class Adopting(MemoryAdapter):
    def write(self, write: Write) -> Written:
        try:
            return super().write(write)
        except AlreadyExists as error:
            return Written(error.key, str(write.fields["no"]), step=write.until)


class TestTakesTheRecordOfOtherPeopleForOurs(Planted):
    kind = Adopting
    caught_by = ("test_a_record_of_other_people_with_our_number_already_exists",)


class CancelsOnce(MemoryAdapter):
    def write(self, write: Write) -> Written:
        known = self._world.form(write.form).get(write.key)
        if write.verb == "cancel" and known is not None and known.cancelled:
            raise Rejected("it is void already")
        return super().write(write)


class TestRefusesToCancelTwice(Planted):
    kind = CancelsOnce
    caught_by = ("test_cancelling_twice_does_no_harm",)


class Certain(MemoryAdapter):
    def write(self, write: Write) -> Written:
        try:
            return super().write(write)
        except OutcomeUnknown as error:
            raise Rejected(error.words) from None


class TestTakesALostAnswerForARefusal(Planted):
    kind = Certain
    caught_by = ("test_a_create_whose_answer_is_lost_is_unknown_and_not_repeated",)
