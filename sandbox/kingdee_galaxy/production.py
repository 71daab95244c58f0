"""Production orders, picking and receipts: row status 1 planned … 6 closed, and what moves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from .account_set import AccountSet
from .amounts import ZERO, decimal
from .errors import MsgCode, Refused
from .executing import Source, add, execute, sources
from .records import Bill, Row
from .rules import Act, Rules
from .stock import Place, move_stock
from .values import plain

WORKSHOP = "BM000005"
"""The department that makes things, by number."""

GOOD = "1"
"""FInStockType of what may be used."""
ORDER_ROW = Source("FMoBillNo", "FMoEntryId", "FRealQty")
PICKED_ROW = Source("FMoBillNo", "FMoEntryId", "FActualQty")
UNPICKED, PART, ALL = "123"
"""FPickMtrlStatus. The letters are not confirmed."""
PLANNED, CONFIRMED, RELEASED, STARTED, FINISHED, CLOSED = "123456"
STATUS_NAMES = {
    "1": "计划", "2": "计划确认", "3": "下达", "4": "开工", "5": "完工", "6": "结案",
}  # fmt: skip
DATES = {
    CONFIRMED: "FPlanConfirmDate", RELEASED: "FConveyDate", STARTED: "FStartDate",
    FINISHED: "FFinishDate", CLOSED: "FCloseDate",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Transition:
    """A row operation: from which states, to which one."""

    target: str
    sources: str


TRANSITIONS = {
    "ToPlanConfirm": Transition(CONFIRMED, "1"),
    "ToRelease": Transition(RELEASED, "12"),
    "ToStart": Transition(STARTED, "123"),
    "ToFinish": Transition(FINISHED, "34"),
    "ToClose": Transition(CLOSED, "5"),
    "ForceClose": Transition(CLOSED, "2345"),
    "UndoToPlan": Transition(PLANNED, "2"),
    "UndoToPlanConfirm": Transition(CONFIRMED, "3"),
    "UndoToRelease": Transition(RELEASED, "4"),
    "UndoToStart": Transition(STARTED, "5"),
    "UndoToFinish": Transition(FINISHED, "6"),
}
"""A jump forward such as 2 → 4 works (seen live); going back is one step at a time."""


def move_row(books: AccountSet, row: Row, transition: Transition) -> None:
    """Move one row of an uncommitted copy; raises `Refused` where the state forbids it."""
    status = str(row.values.get("FStatus"))
    if status not in transition.sources:
        text = f"第{row.values.get('FSeq')}行分录的业务状态为{STATUS_NAMES[status]}，不允许该操作"
        raise Refused(MsgCode.VALIDATION, text)
    set_status(books, row, transition.target)


def set_status(books: AccountSet, row: Row, status: str) -> None:
    row.values["FStatus"] = status
    for passed, date in DATES.items():
        if passed > status:
            row.values[date] = None
    if status in DATES:
        row.values[DATES[status]] = books.now()


class ProductionOrder(Rules):
    """PRD_MO."""

    def finish(self, books: AccountSet, bill: Bill) -> None:
        for row in bill.each_row():
            left = decimal(row.values, "FQty") - decimal(row.values, "FStockInQuaQty")
            row.values["FNoStockInQty"] = plain(left)

    def audit(self, books: AccountSet, bill: Bill) -> None:
        for row in bill.each_row():
            if row.values.get("FStatus") == PLANNED:
                set_status(books, row, CONFIRMED)

    def check_unaudit(self, books: AccountSet, bill: Bill) -> None:
        for row in bill.each_row():
            if str(row.values.get("FStatus")) > CONFIRMED or self.has_downstream(books, row):
                text = f"生产订单[{bill.number}]已下达或存在下游单据，不允许反审核"
                raise Refused(MsgCode.VALIDATION, text)

    def unaudited(self, books: AccountSet, bill: Bill, act: Act) -> None:
        def to_plan(row: Row) -> None:
            set_status(books, row, PLANNED)

        change_rows(books, books.bill(bill.form.id, bill.id), act, "row_status", to_plan)

    def has_downstream(self, books: AccountSet, row: Row) -> bool:
        return bool(books.tables["PRD_INSTOCK"].lookup("FMoEntryId", row.id))


class Receipt(Rules):
    """PRD_INSTOCK: an audit adds stock and the production order's good quantity."""

    def audited(self, books: AccountSet, bill: Bill, act: Act) -> None:
        self._execute(books, bill, act, 1)

    def unaudited(self, books: AccountSet, bill: Bill, act: Act) -> None:
        self._execute(books, bill, act, -1)

    def _execute(self, books: AccountSet, bill: Bill, act: Act, sign: int) -> None:
        org, good = bill.values["FStockOrgId"], set()
        for row in bill.each_row():
            values, quantity = row.values, decimal(row.values, "FRealQty") * sign
            if values.get("FInStockType") == GOOD:
                good.add(values.get("FMoEntryId"))
                place = Place(values["FStockId"], org, values["FStockStatusId"])
                move_stock(books, values["FMaterialId"], place, quantity, act.by)

        def receive(row: Row, quantity: Decimal) -> None:
            add(row, "FStockInQuaQty" if row.id in good else "FScrapQty", quantity)
            _settle(books, row)

        for number, lines in sources(bill, ORDER_ROW, sign).items():
            execute(books, "PRD_MO", number, lines, act, receive)


def _settle(books: AccountSet, row: Row) -> None:
    """A row that was received in full finishes itself, if the server is told so."""
    left = decimal(row.values, "FQty") - decimal(row.values, "FStockInQuaQty")
    row.values["FNoStockInQty"] = plain(left)
    done = left - decimal(row.values, "FScrapQty") <= ZERO
    if done and books.switches["finish_on_receipt"] and row.values["FStatus"] < FINISHED:
        set_status(books, row, FINISHED)
    elif not done and row.values["FStatus"] == FINISHED:
        set_status(books, row, STARTED)


class Picking(Rules):
    """PRD_PickMtrl: an audit takes components; the order says how far it is picked."""

    def finish(self, books: AccountSet, bill: Bill) -> None:
        for row in bill.each_row():
            row.values["FBaseActualQty"] = row.values.get("FActualQty")

    def audited(self, books: AccountSet, bill: Bill, act: Act) -> None:
        self._execute(books, bill, act, 1)

    def unaudited(self, books: AccountSet, bill: Bill, act: Act) -> None:
        self._execute(books, bill, act, -1)

    def _execute(self, books: AccountSet, bill: Bill, act: Act, sign: int) -> None:
        org, asked, given = bill.values["FStockOrgId"], ZERO, ZERO
        for row in bill.each_row():
            values, quantity = row.values, decimal(row.values, "FActualQty")
            asked, given = asked + decimal(values, "FAppQty"), given + quantity
            place = Place(values["FStockId"], org, values["FStockStatusId"])
            move_stock(books, values["FMaterialId"], place, -quantity * sign, act.by)

        def pick(row: Row, quantity: Decimal) -> None:
            row.values["FPickMtrlStatus"] = UNPICKED if sign < 0 else PART if given < asked else ALL

        for number, lines in sources(bill, PICKED_ROW, sign).items():
            execute(books, "PRD_MO", number, lines, act, pick)


def change_rows(
    books: AccountSet, order: Bill, act: Act, operation: str, change: Callable[[Row], None]
) -> None:
    """Change rows of a production order; its modification stamp does not move."""
    changed = order.copy()
    for row in changed.each_row():
        change(row)
    books.commit(operation, changed, act.by, moves=False)
