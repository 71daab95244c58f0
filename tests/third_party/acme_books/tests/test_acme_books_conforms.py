"""The adapter against the connector's conformance suite."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from acme_books import AcmeBooks
from books_remote import BILLS, ITEMS, Bills, Items
from books_server import Books, running

from connector.testing import AdapterConformance, Remote, Sample
from connector.testing.needs import lack_of

REASONS = [
    (BILLS, "test_a_record_is_found_by_our_mark", "bill cannot be searched by our reference"),
    (
        BILLS,
        "test_a_batch_has_one_outcome_per_write_in_order",
        "the adapter writes one bill at a time",
    ),
    (BILLS, "test_steps_are_taken_up_to_until_and_no_further", "bill goes through no steps"),
    (BILLS, "test_closing_twice_does_no_harm", "the adapter closes no bill"),
    (ITEMS, "test_nothing_is_news_after_the_cursor", "item is not read by changes"),
    (ITEMS, "test_an_update_changes_only_what_it_names", "the adapter updates no item"),
]


@pytest.mark.parametrize(("sample", "test", "reason"), REASONS)
def test_what_acme_books_cannot_do_is_the_reason_for_skipping(
    sample: Sample, test: str, reason: str
) -> None:
    form = AcmeBooks.capabilities.of(sample.shape.form)
    wanted = getattr(AdapterConformance, test)
    assert lack_of(wanted, form, sample, Bills(Books(), "")) == reason


class TestBills(AdapterConformance):
    sample = BILLS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with running() as server:
            yield Bills(*server)


class TestItems(AdapterConformance):
    sample = ITEMS

    @pytest.fixture
    def remote(self) -> Iterator[Remote]:
        with running() as server:
            yield Items(*server)
