"""A workflow behind Submit: people approve, reject, and are heard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from galaxy_site import ORDER, Site, change, order

from adapters.kingdee_galaxy.bills import CREATED, Bill
from connector.errors import Changed, Gone, HalfDone, Rejected


@pytest.fixture
def key(site: Site) -> str:
    site.server.switches["workflow"] = {ORDER: True}
    written = site.erp.write(order("N1"))
    assert (written.step, bool(written.awaits)) == ("submitted", True)
    return written.key


def test_waiting_for_people_is_no_error_however_often_we_look(site: Site, key: str) -> None:
    again = site.erp.write(replace(change(key), step="submitted"))
    assert (again.step, bool(again.awaits)) == ("submitted", True)
    assert site.commits() == ["create", "submit"]


def test_an_approved_order_is_done(site: Site, key: str) -> None:
    site.people("approve", number="N1")
    written = site.erp.write(replace(change(key), step="submitted"))
    assert (written.step, written.awaits) == ("audited", "")


def test_a_rejected_order_stops_with_the_approvers_words(site: Site, key: str) -> None:
    site.people("reject", number="N1", words="价格太低，请重新报价")
    with pytest.raises(Rejected, match="价格太低"):
        site.erp.write(replace(change(key), step="submitted"))
    assert site.commits() == ["create", "submit"]


def test_a_bill_of_unknown_step_that_was_rejected_with_words_stays_rejected(
    site: Site, key: str
) -> None:
    site.people("reject", number="N1", words="价格太低")
    with pytest.raises(Rejected, match="价格太低"):
        site.erp.write(change(key))
    assert site.commits() == ["create", "submit"]


def after_submitting(site: Site, what: Callable[[], object]) -> None:
    """Let something happen between our submitting and our auditing."""
    client = site.erp._client
    operate = client.operate

    def interrupted(verb: str, *arguments: object) -> object:
        made = operate(verb, *arguments)  # type: ignore[arg-type]
        if verb == "Submit":
            what()
        return made

    client.operate = interrupted  # type: ignore[assignment, method-assign]


def test_what_people_reject_between_two_steps_is_not_done(site: Site) -> None:
    after_submitting(site, lambda: site.people("reject", number="N1", words="重新报价"))
    with pytest.raises(HalfDone, match="重新报价") as caught:
        site.erp.write(order("N1"))
    assert isinstance(caught.value.cause, Rejected)
    assert site.state("N1") == "D"


def test_what_people_delete_between_two_steps_is_gone(site: Site) -> None:
    def undone() -> None:
        site.people("reject", number="N1")
        site.people("delete", number="N1")

    after_submitting(site, undone)
    with pytest.raises(HalfDone) as caught:
        site.erp.write(order("N1"))
    assert isinstance(caught.value.cause, Gone)


def test_a_bill_that_stands_elsewhere_than_the_step_says_is_never_called_done(site: Site) -> None:
    bill = Bill(order("N1"), "1", "N1", CREATED)
    outcome = bill.outcome()
    assert isinstance(outcome, HalfDone)
    assert isinstance(outcome.cause, Changed)


def test_a_site_that_keeps_no_opinion_says_that_it_was_sent_back(site: Site, key: str) -> None:
    site.people("reject", number="N1")
    erp = site.connect(opinion_field="F_NO_SUCH_FIELD")
    with pytest.raises(Rejected, match="sent back"):
        erp.write(replace(change(key), step="submitted"))


def test_a_change_after_a_rejection_is_submitted_again(site: Site, key: str) -> None:
    site.people("reject", number="N1")
    written = site.erp.write(replace(change(key, {"FNote": "新报价"}), step="submitted"))
    assert (written.step, bool(written.awaits)) == ("submitted", True)
    assert site.commits() == ["create", "submit", "update", "submit"]


def test_what_we_saved_ourselves_after_a_rejection_goes_on(site: Site, key: str) -> None:
    site.people("reject", number="N1")
    written = site.erp.write(replace(change(key), step="saved"))
    assert written.step == "submitted"
