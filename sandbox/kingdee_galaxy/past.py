"""What happened in the account set before go-live, done by the people who did it, at that time.

Nothing of it is in the ledger. The orders that the ERP alone knows differ in how they ended, so
that every kind of document is there: see `ENDINGS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from random import Random

from sandbox.clock import SandboxClock
from sandbox.company.model import Order
from sandbox.ledger import Ledger

from .account_set import AccountSet
from .accountants import Accountants
from .amounts import ZERO, decimal
from .buyers import Buyers
from .finance import RECEIVABLE
from .records import Bill
from .shop_floor import ShopFloor
from .stock import Place, set_stock
from .warehouse import Warehouse

DAY = 86_400


@contextmanager
def _at(books: AccountSet, day: str) -> Iterator[SandboxClock]:
    """Another clock and another ledger, as if it were noon of `day`."""
    ledger, clock = books.ledger, books.clock
    past = SandboxClock()
    then = datetime.fromisoformat(f"{day[:10]}T04:00:00").replace(tzinfo=UTC)
    past.advance((then - clock.now()).total_seconds())
    books.ledger, books.clock = Ledger(past), past
    yield past
    books.ledger, books.clock = ledger, clock


class Past:
    """Deals with orders of long ago, one after the other."""

    def __init__(self, books: AccountSet) -> None:
        self.books = books
        self.warehouse, self.buyers = Warehouse(books), Buyers(books)
        self.accountants = Accountants(books)
        self.shop_floor = ShopFloor(books, Random(1), self.warehouse)

    def deal_with(self, orders: Sequence[Order]) -> None:
        for place, order in enumerate(orders):
            with _at(self.books, order.order_date.isoformat()) as clock:
                self._make(order.erp_number, rework=place == 0)
                clock.advance(30 * DAY)
                ENDINGS[place % len(ENDINGS)](self, order.erp_number, clock)
                self._count()

    def _make(self, number: str, *, rework: bool) -> None:
        """Picked, made, inspected and booked."""
        for made in self.shop_floor.advance_production(number, to="started"):
            self.warehouse.pick(made)
        for made in self.shop_floor.advance_production(number, to="closed"):
            row = next(self.books.require("PRD_MO", made).each_row())
            quantity, bad = decimal(row.values, "FQty"), int(rework)
            self.shop_floor.inspect(made, quantity - bad, bad, "" if not bad else "噪音", rework)
            cost = decimal(
                self.books.bill("BD_MATERIAL", row.values["FMaterialId"]).values, "FRefCost"
            )
            share = cost * quantity / 10
            self.accountants.book_cost(made, share * 7, share * 2, share)
        if rework:
            self.shop_floor.advance_production(number, to="closed")

    def _count(self) -> None:
        """What was picked although it was not there is found at stocktaking."""
        for row in list(self.books.tables["STK_Inventory"].bills.values()):
            values = row.values
            if values["FBaseQty"] < 0:
                place = Place(values["FStockId"], values["FStockOrgId"], values["FStockStatusId"])
                set_stock(self.books, values["FMaterialId"], place, ZERO, "person:warehouse")

    # -- how orders ended -------------------------------------------------------------------

    def paid(self, number: str, clock: SandboxClock) -> None:
        """Shipped at once, invoiced, paid."""
        debt = self._shipped(number)
        self.accountants.invoice(debt)
        clock.advance(28 * DAY)
        self._pay(debt)

    def returned(self, number: str, clock: SandboxClock) -> None:
        """A piece came back: a red invoice and a refund."""
        shipment = self.warehouse.ship(number, carriage_no=_waybill(number))
        debt = self.accountants.book_receivable(shipment)
        blue = self.accountants.invoice(debt)
        self._pay(debt)
        clock.advance(10 * DAY)
        back = self.accountants.book_receivable(self.warehouse.take_back(shipment, 1))
        self.accountants.invoice(back, blue=blue)
        self.accountants.refund(-self._debt(back).values["FALLAMOUNTFOR"], receivable=back)

    def advanced(self, number: str, clock: SandboxClock) -> None:
        """Paid in part before it left, by an advance that names the order."""
        order = self.books.require("SAL_SaleOrder", number)
        self.accountants.take_payment(
            round(order.values["FBillAllAmount"] / 3, 2), order_number=number
        )
        self.accountants.invoice(self._shipped(number), kind="ordinary")

    def in_parts(self, number: str, clock: SandboxClock) -> None:
        """Two shipments, due in two parts each; half is paid."""
        for quantity in (1, None):
            shipment = self.warehouse.ship(number, quantity, _waybill(number))
            debt = self.accountants.book_receivable(shipment, parts=2)
            clock.advance(9 * DAY)
        self._pay(debt)

    def replaced(self, number: str, clock: SandboxClock) -> None:
        """A piece came back and was sent again."""
        shipment = self.warehouse.ship(number, carriage_no=_waybill(number))
        self.warehouse.take_back(shipment, 1, replace=True)
        clock.advance(3 * DAY)
        self.warehouse.ship(number)
        self.accountants.invoice(self.accountants.book_receivable(shipment))

    def unpaid(self, number: str, clock: SandboxClock) -> None:
        """Invoiced and overdue; the customer paid something, and nobody knows for what."""
        debt = self._shipped(number)
        self.accountants.invoice(debt)
        customer = self.books.bill("BD_Customer", self._debt(debt).values["FCUSTOMERID"])
        self.accountants.take_payment(1000, customer=customer.number)

    def _shipped(self, number: str) -> str:
        """Shipped in one go; the receivable's number."""
        shipment = self.warehouse.ship(number, carriage_no=_waybill(number))
        return self.accountants.book_receivable(shipment)

    def _pay(self, debt: str) -> None:
        self.accountants.take_payment(self._debt(debt).values["FALLAMOUNTFOR"], receivable=debt)

    def _debt(self, number: str) -> Bill:
        return self.books.require(RECEIVABLE, number)

    # -- what was bought --------------------------------------------------------------------

    def book_payables(self) -> None:
        """What came in is owed since the day on which it came."""
        for receipt in list(self.books.tables["STK_InStock"].bills.values()):
            with _at(self.books, receipt.values["FDate"]):
                self.accountants.book_payable(receipt.number)

    def ask_for(self, material: str, day: str) -> None:
        with _at(self.books, day):
            self.buyers.request_purchase(material, 200)


Ending = Callable[[Past, str, SandboxClock], None]
ENDINGS: tuple[Ending, ...] = (
    Past.paid, Past.returned, Past.advanced, Past.in_parts, Past.replaced, Past.unpaid,
)  # fmt: skip


def _waybill(number: str) -> str:
    return f"SF{number[4:]}"
