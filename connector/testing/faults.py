"""Faults: what cannot be known is said to be unknown, and nothing is written twice."""

from __future__ import annotations

import pytest

from connector.contract import Adapter
from connector.errors import AccessDenied, OutcomeUnknown, Transient, Unreachable
from connector.testing.needs import CREATE, READS, REFERENCE, SEARCH, UPDATE, needs
from connector.testing.remote import Remote
from connector.testing.suite import Suite

LATER = (Transient, Unreachable)
UNDONE = (OutcomeUnknown, Transient, Unreachable)


class Faults(Suite):
    """What goes wrong on the way."""

    # -- writes -----------------------------------------------------------------------------

    @needs(CREATE, Remote.lose_answer)
    def test_a_create_whose_answer_is_lost_is_unknown_and_not_repeated(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        adapter.check()
        before = set(remote.held())
        remote.lose_answer()
        with pytest.raises(OutcomeUnknown):
            self.created(adapter, "F1")
        assert len(set(remote.held()) - before) == 1

    @needs(CREATE, SEARCH, Remote.lose_answer)
    def test_a_create_whose_answer_was_lost_is_found_by_our_mark(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        adapter.check()
        remote.lose_answer()
        with pytest.raises(OutcomeUnknown):
            self.created(adapter, "F1")
        (record,) = self.found(remote, adapter, self.mark("F1"))
        assert remote.held()[record.key][self.sample.reference] == self.mark("F1")

    @needs(UPDATE, Remote.lose_answer, Remote.saves)
    def test_an_update_whose_answer_is_lost_is_unknown_and_not_repeated(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        key = self.one(remote, adapter)
        before = remote.saves()
        remote.lose_answer()
        with pytest.raises(OutcomeUnknown):
            adapter.write(self.change(adapter, key, fields={self.sample.text: "ours"}))
        assert remote.saves() == before + 1

    @needs(CREATE, Remote.garble_answer)
    def test_a_write_answered_by_a_page_of_html_is_unknown_and_not_repeated(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        adapter.check()
        before = set(remote.held())
        remote.garble_answer()
        with pytest.raises(OutcomeUnknown):
            self.created(adapter, "F1")
        assert len(set(remote.held()) - before) == 1

    @needs(CREATE, Remote.drop_request)
    def test_a_create_that_never_arrived_is_unknown_or_undone(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        adapter.check()
        before = remote.held()
        remote.drop_request()
        with pytest.raises((OutcomeUnknown, Unreachable)):
            self.created(adapter, "F1")
        assert remote.held() == before

    @needs(UPDATE, Remote.drop_request)
    def test_an_update_that_never_arrived_is_unknown_or_undone(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        key = self.one(remote, adapter)
        before = remote.held()
        remote.drop_request()
        with pytest.raises((OutcomeUnknown, Unreachable)):
            adapter.write(self.change(adapter, key, fields={self.sample.text: "ours"}))
        assert remote.held() == before

    @needs(CREATE, Remote.answer_html)
    def test_a_page_of_html_is_no_success_of_a_write(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        adapter.check()
        remote.answer_html()
        with pytest.raises(UNDONE):
            self.created(adapter, "F1")

    @needs(CREATE, Remote.answer_status)
    @pytest.mark.parametrize("status", [429, 500, 502, 503])
    def test_a_status_of_failure_is_no_success_of_a_write(
        self, remote: Remote, adapter: Adapter, status: int
    ) -> None:
        adapter.check()
        before = remote.held()
        remote.answer_status(status)
        with pytest.raises(UNDONE):
            self.created(adapter, "F1")
        assert remote.held() == before

    @needs(CREATE, REFERENCE, Remote.drop_request)
    def test_after_a_fault_the_adapter_works_on(self, remote: Remote, adapter: Adapter) -> None:
        adapter.check()
        remote.drop_request()
        with pytest.raises((OutcomeUnknown, Unreachable)):
            self.created(adapter, "F1")
        key = self.created(adapter, "F1").key
        assert remote.held()[key][self.sample.reference] == self.mark("F1")

    # -- reads ------------------------------------------------------------------------------

    @needs(READS, Remote.answer_status)
    @pytest.mark.parametrize("status", [429, 500, 502, 503])
    def test_a_reading_met_by_a_status_of_failure_is_tried_later(
        self, remote: Remote, adapter: Adapter, status: int
    ) -> None:
        adapter.check()
        remote.answer_status(status)
        with pytest.raises(LATER):
            list(adapter.read(self.sample.shape, None))

    @needs(Remote.answer_status, Remote.add)
    def test_a_fetch_met_by_a_status_of_failure_does_not_say_that_the_record_is_gone(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        key = remote.add()
        adapter.check()
        remote.answer_status(503)
        with pytest.raises(LATER):
            list(adapter.fetch(self.sample.shape, [key]))

    @needs(SEARCH, Remote.answer_status)
    def test_a_find_met_by_a_status_of_failure_does_not_say_that_there_is_none(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        adapter.check()
        remote.answer_status(503)
        with pytest.raises(LATER):
            list(adapter.find(self.sample.shape, self.sample.reference, ["crm:1"]))

    @needs(READS, Remote.answer_html)
    def test_a_page_of_html_is_no_empty_reading(self, remote: Remote, adapter: Adapter) -> None:
        adapter.check()
        remote.answer_html()
        with pytest.raises(LATER):
            list(adapter.read(self.sample.shape, None))

    @needs(READS, Remote.end_session)
    def test_a_session_that_ends_is_renewed(self, remote: Remote, adapter: Adapter) -> None:
        self.some(remote, adapter, 3)
        self.later(remote, adapter)
        remote.end_session()
        pages = adapter.read(self.sample.shape, None)
        assert {record.key for page in pages for record in page.records} == set(remote.held())

    @needs(CREATE, Remote.end_session)
    def test_a_session_that_ends_before_a_write_costs_nothing(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        self.created(adapter, "F0")
        before = set(remote.held())
        remote.end_session()
        written = self.created(adapter, "F1")
        assert set(remote.held()) - before == {written.key}

    # -- access -----------------------------------------------------------------------------

    @needs(Remote.stranger)
    def test_a_refused_password_is_access_denied(self, remote: Remote) -> None:
        with pytest.raises(AccessDenied):
            remote.stranger().check()

    @needs(READS, Remote.stranger)
    def test_a_stranger_reads_nothing(self, remote: Remote) -> None:
        with pytest.raises(AccessDenied):
            list(remote.stranger().read(self.sample.shape, None))

    @needs(CREATE, Remote.stranger)
    def test_a_stranger_s_write_is_denied_and_not_in_doubt(
        self, remote: Remote, adapter: Adapter
    ) -> None:
        before = remote.held()
        with pytest.raises(AccessDenied):
            remote.stranger().write(self.new(adapter, "F1"))
        assert remote.held() == before
