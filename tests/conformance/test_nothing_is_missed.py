"""Readers of changes, page by page, while people work: nothing is missed, little is repeated.

Somebody reads a page, stores it with its cursor, breaks off, resumes as another process;
meanwhile records come, go and change, some with a stamp that is minutes old when they become
visible, many with one and the same stamp. Once things calm down, what was read last of each
record is what the system holds.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar

import hypothesis.strategies as st
import time_machine
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from connector.contract import Adapter, Page, Record
from connector.testing import Remote, Sample
from tests.conformance import espocrm_remote as espocrm
from tests.conformance import files_remote as files
from tests.conformance import fxiaoke_remote as fxiaoke
from tests.conformance import hubspot_remote as hubspot
from tests.conformance import kingdee_remote as kingdee
from tests.conformance import neocrm_remote as neocrm
from tests.conformance import odoo_remote as odoo
from tests.conformance import salesforce_remote as salesforce
from tests.conformance import tplus_remote as tplus
from tests.conformance import tryton_remote as tryton
from tests.conformance import u8_remote as u8
from tests.conformance import xingchen_remote as xingchen
from tests.conformance import yonyou_remote as yonyou
from tests.conformance.without_sockets import WithoutSockets

START = datetime(2026, 11, 20, 8, 0, 0, 400_000, UTC)
LOOKBACK = 600
LATEST = 500
"""Seconds that a commit is late at most; with `DELAYS`, less than the lookback."""
DELAYS = [0, 20]
"""Seconds until queries show a change."""
PLACES = st.sets(st.integers(0, 9))


class Readings(RuleBasedStateMachine):
    """One feed of one form."""

    handle: ClassVar[Any]
    sample: ClassVar[Sample]

    def __init__(self) -> None:
        super().__init__()
        self._still = time_machine.travel(START, tick=False)
        self._still.start()
        self.remote: Any = self.handle(self.sample)
        self.read: dict[str, Any] = {}
        """What was read last of each record."""
        self.cursor: str | None = None
        self.pages: Iterator[Page] | None = None
        self.edits = 0

    def teardown(self) -> None:
        try:
            if hasattr(self, "adapter"):
                self.all_agree()
        finally:
            self._still.stop()
            if isinstance(self.pages, Generator):
                self.pages.close()

    @initialize(page=st.integers(2, 8), delay=st.sampled_from(DELAYS), begun=st.integers(0, 6))
    def connect(self, page: int, delay: int, begun: int) -> None:
        self.small = {**self.handle.small, "page": page, "lookback": LOOKBACK}
        self.delay = delay
        self.there_before = set(self.remote.held())
        for _ in range(begun):
            self.remote.add()
        self.remote.shows_after(delay)
        self.adapter: Adapter = self.remote.connect(**self.small)

    # -- people -----------------------------------------------------------------------------

    @rule(count=st.integers(1, 3))
    def people_add(self, count: int) -> None:
        for _ in range(count):
            self.remote.add()

    @rule(count=st.integers(2, 12))
    def many_come_with_one_stamp(self, count: int) -> None:
        self.remote.add_together(count)

    @rule(data=st.data(), seconds=st.integers(0, LATEST))
    def somebody_edits(self, data: st.DataObject, seconds: int) -> None:
        self._edit(data, self.sample.text, f"edit {self.edits}", seconds)

    @precondition(lambda self: "/" in self.sample.amount)
    @rule(data=st.data(), value=st.integers(2, 99), seconds=st.integers(0, LATEST))
    def somebody_edits_a_row(self, data: st.DataObject, value: int, seconds: int) -> None:
        self._edit(data, self.sample.amount, value, seconds)

    @rule(data=st.data())
    def somebody_deletes(self, data: st.DataObject) -> None:
        key = self._some(data)
        if key and key not in self.there_before:
            self.remote.delete(key)

    @rule(seconds=st.sampled_from([0.3, 1, 7, 61, 700]))
    def time_passes(self, seconds: float) -> None:
        self.remote.pass_time(seconds)

    @rule(
        begun=st.booleans(), rows=PLACES, heads=PLACES, added=st.integers(0, 3),
        pages=st.integers(0, 4),
    )  # fmt: skip
    def much_happens_in_a_pause(
        self, begun: bool, rows: set[int], heads: set[int], added: int, pages: int
    ) -> None:
        """Longer than the lookback: what this window misses, the next one does not mend. Nobody
        reads, or somebody has begun; after the pause it breaks off again."""
        self._finish()
        if begun:
            self.a_page_is_read()
        keys = sorted(self.remote.held())
        for place in (place for place in heads if place < len(keys)):
            self._put(keys[place], self.sample.text, f"edit {self.edits}")
        for place in (place for place in rows if place < len(keys) and "/" in self.sample.amount):
            self._put(keys[place], self.sample.amount, 2 + self.edits % 90)
        for _ in range(added):
            self.remote.add()
        self.remote.pass_time(LOOKBACK + self.delay + 60)
        for _ in range(pages):
            self.a_page_is_read()
        self.the_process_dies_and_another_one_goes_on()

    def _edit(self, data: st.DataObject, field: str, value: Any, seconds: int) -> None:
        if key := self._some(data):
            self._put(key, field, value, seconds)

    def _put(self, key: str, field: str, value: Any, seconds: int = 0) -> None:
        self.edits += 1
        if seconds:
            self.remote.edit_late(key, field, value, seconds)
        else:
            self.remote.edit(key, field, value)

    def _some(self, data: st.DataObject) -> str | None:
        keys = sorted(self.remote.held())
        return data.draw(st.sampled_from(keys)) if keys else None

    # -- the reader -------------------------------------------------------------------------

    @rule()
    def a_page_is_read(self) -> None:
        if self.pages is None:
            self.pages = iter(self.adapter.read(self.sample.shape, self.cursor))
        page = next(self.pages, None)
        if page is None:
            self.pages = None
            return
        self.read |= {record.key: self._values(record) for record in page.records}
        self.cursor = page.cursor or self.cursor

    @rule()
    def the_process_dies_and_another_one_goes_on(self) -> None:
        self.pages = None
        self.adapter = self.remote.connect(**self.small)

    @rule()
    def all_agree(self) -> None:
        """Things calm down: what was begun is read to its end, and once more."""
        self.remote.pass_time(self.delay + 2)
        self._finish()
        self._finish()
        held = {key: self._held(record) for key, record in self.remote.held().items()}
        assert {key: self.read.get(key) for key in held} == held
        assert self._again(news_only=True) == []

    @rule()
    def what_is_older_than_the_lookback_is_not_repeated(self) -> None:
        self.all_agree()
        self.remote.pass_time(LOOKBACK + self.delay + 2)
        self._finish()
        assert self._again() == []

    def _finish(self) -> None:
        self.a_page_is_read()
        while self.pages is not None:
            self.a_page_is_read()

    def _again(self, *, news_only: bool = False) -> list[str]:
        pages = self.adapter.read(self.sample.shape, self.cursor)
        records = [record for page in pages for record in page.records]
        return [record.key for record in records if not (news_only and record.again)]

    def _values(self, record: Record) -> Any:
        return _told(record.fields, self.sample)

    def _held(self, fields: Any) -> Any:
        return _told(fields, self.sample)


def _told(fields: Any, sample: Sample) -> tuple[str, str]:
    """The text and the first row's amount, as both sides say them."""
    table, _, name = sample.amount.rpartition("/")
    amount = float(fields[table][0][name]) if table else ""
    return str(fields[sample.text] or "").strip(), str(amount)


def running(remote: type[Remote], of: Sample, examples: int = 20) -> Any:
    """Of a system that is simulated, and called without a socket."""
    return readings(type("Handle", (WithoutSockets, remote), {}), of, examples)


def readings(
    remote: Any, of: Sample, examples: int = 20, machine: type[Readings] = Readings
) -> Any:
    made: Any = type("Machine", (machine,), {"handle": remote, "sample": of})
    case = made.TestCase
    case.settings = settings(max_examples=examples, stateful_step_count=30, deadline=None)
    return case


TestFxiaokeOrders = running(fxiaoke.Orders, fxiaoke.ORDERS)
TestFxiaokeAccounts = running(fxiaoke.Accounts, fxiaoke.ACCOUNTS)
TestHubSpotDeals = running(hubspot.Deals, hubspot.DEALS)
TestHubSpotCompanies = running(hubspot.Companies, hubspot.COMPANIES)
TestKingdeeOrders = running(kingdee.Orders, kingdee.ORDERS)
TestKingdeeCustomers = running(kingdee.Customers, kingdee.CUSTOMERS)
TestEspoCrmOrders = running(espocrm.Orders, espocrm.ORDERS)
TestEspoCrmAccounts = running(espocrm.Accounts, espocrm.ACCOUNTS)
TestNeocrmOrders = running(neocrm.OrdersAskedPlainly, neocrm.ORDERS)
TestNeocrmAccounts = running(neocrm.Accounts, neocrm.ACCOUNTS)
TestSalesforceOrders = running(salesforce.Orders, salesforce.ORDERS)
TestSalesforceAccounts = running(salesforce.Accounts, salesforce.ACCOUNTS)
TestTrytonSales = running(tryton.Sales, tryton.SALES, 3)
"""A real one, in which every call takes its time."""
TestDroppedFiles = readings(files.Remembered, files.DROPPED, 20)
TestTPlusOrders = running(tplus.Orders, tplus.ORDERS)
TestTPlusCustomers = running(tplus.Customers, tplus.CUSTOMERS)
TestXingchenOrders = running(xingchen.Orders, xingchen.ORDERS)
TestXingchenCustomers = running(xingchen.Customers, xingchen.CUSTOMERS)
TestYonyouOrders = running(yonyou.Orders, yonyou.LISTED)
TestYonyouCustomers = running(yonyou.Customers, yonyou.CUSTOMERS)
TestOdooOrders = running(odoo.Orders, odoo.ORDERS)
TestOdooCustomersOfOlderVersions = running(odoo.OlderCustomers, odoo.CUSTOMERS)
TestU8Orders = running(u8.Orders, u8.ORDERS)
TestU8Customers = running(u8.Customers, u8.CUSTOMERS)
