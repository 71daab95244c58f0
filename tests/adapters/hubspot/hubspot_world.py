"""A small company in a simulated HubSpot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from adapters.hubspot import HubSpot
from connector.clock import Clock
from connector.contract import Adapter, Shape, Table, Write
from connector.testing import SkippingClock
from sandbox.company import Company
from sandbox.company.model import Customer
from sandbox.hubspot import HubSpotSandbox
from tests.adapters import simulated
from tests.adapters.simulated import line, order

KEY, DEAL, LINE, COMPANY, CONTACT = (
    "hs_object_id", "deals", "line_items", "companies", "contacts",
)  # fmt: skip
DEALS = Shape(
    DEAL,
    (KEY,),
    ("dealname", "amount", "closedate", "hs_is_closed_won", "associations.companies"),
    "dealname",
    {LINE: Table(KEY, ("quantity", "price"), LINE, "associations.deals")},
)
COMPANIES = Shape(COMPANY, (KEY,), ("name", "phone", "erp_reference"), "customer_number")


class SharedClock(SkippingClock):
    """A sleep lets time pass in HubSpot, too."""

    def __init__(self, sandbox: HubSpotSandbox) -> None:
        super().__init__()
        self._sandbox = sandbox
        self.skipped = 0.0

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self._sandbox.clock.advance(seconds)
        self.skipped += seconds


class World(simulated.World):
    adapter_type = HubSpot
    sandbox_type = HubSpotSandbox
    key_field = KEY
    numbers = {DEAL: "dealname", COMPANY: "name"}
    usual = {"rate": "", "search_rate": ""}

    def __init__(self, company: Company, **options: Any) -> None:
        super().__init__(company, **options)
        self.shared = SharedClock(self.sandbox)

    @staticmethod
    def small_company(orders: int) -> Company:
        """So many won deals of two lines; and another customer."""
        lines = (line(1, "P1", "3", "99.90"), line(2, "P2", "3", "0.10"))
        made = simulated.company(*(order(f"SO-{n}", *lines) for n in range(1, orders + 1)))
        return replace(made, customers=(*made.customers, Customer(number="C2", name="乙公司")))

    def clock(self) -> Clock:
        return self.shared

    def later(self, adapter: Adapter, seconds: float = 5) -> None:
        self.shared.sleep(seconds)
        adapter.check()

    def held(self, key: str, form: str) -> dict[str, Any]:
        """A record by its key, as it stands there."""
        found: list[dict[str, Any]] = self.sandbox.records(form)
        return next(one for one in found if one[KEY] == key)

    def written(self) -> list[tuple[str, str]]:
        """What calls did to which record, in order."""
        return [(e.operation, e.key) for e in self.sandbox.ledger
                if e.kind == "commit" and e.by == "api"]  # fmt: skip


def company(tag: str, **fields: Any) -> Write:
    """A new company."""
    return Write(
        COMPANY, "", {"name": tag, **fields}, reference=("erp_reference", f"erp:{tag}"),
        show=COMPANIES,
    )  # fmt: skip


def told(key: str, form: str = DEAL, **fields: Any) -> Write:
    """What the ERP says, onto a record."""
    return Write(form, key, fields or {"erp_state": "已进ERP"}, options={"read_back": False})


def kinds(outcomes: Sequence[Any]) -> list[str]:
    """What became of each write."""
    return [type(one).__name__ for one in outcomes]
