"""What YonBIP does of a write itself: saving, change documents, opposing and closing."""

from __future__ import annotations

from decimal import Decimal

from adapters.yonyou_yonbip.bills import SENT_BACK, SUBMITTED, AtOnce, BaseData, Bill
from adapters.yonyou_yonbip.change_rules import ROWS
from adapters.yonyou_yonbip.changing import Changing
from adapters.yonyou_yonbip.client import Client
from adapters.yonyou_yonbip.forms import ORDER, form_of
from adapters.yonyou_yonbip.ladder import Ladder
from adapters.yonyou_yonbip.saving import Saving
from adapters.yonyou_yonbip.settings import YonyouYonBipSettings
from connector.contract import Write
from connector.errors import AdapterError, Conflict, Locked, Rejected
from connector.kit.bills import Bills
from connector.messages import say

SHIPPED = "totalOutStockQuantity"


class Writing(Bills[Bill]):
    """Writes of one connection."""

    ladder: Ladder

    def __init__(
        self,
        client: Client,
        ladder: Ladder,
        saving: Saving,
        changing: Changing,
        settings: YonyouYonBipSettings,
    ) -> None:
        super().__init__(ladder, {"change_bill": self._by_change_bill})
        self._client = client
        self._saving = saving
        self._changing = changing
        self._at_once = settings.without_submit

    def bill(self, write: Write) -> Bill:
        if not form_of(write.form).is_bill:
            return BaseData(write, write.key)
        kind = AtOnce if write.form in self._at_once else Bill
        return kind(write, write.key)

    def create(self, bill: Bill) -> None:
        self._saving.create(bill)

    def update(self, bill: Bill) -> None:
        self._saving.update(bill)

    def resume(self, bill: Bill) -> None:
        """What people rejected stays rejected."""
        if bill.state == SENT_BACK and not bill.arrived:
            raise self.ladder.sent_back(bill)
        if bill.write.expect and bill.editable:
            self._saving.check(bill)

    def _by_change_bill(self, bill: Bill) -> None:
        if bill.write.form != ORDER:
            raise Conflict(say("yonyou_no_change_bill", form=bill.write.form))
        self._changing.change(bill)

    # -- ending -----------------------------------------------------------------------------

    def end(self, bill: Bill) -> None:
        """Oppose or close it; what has ended stays so.

        What cannot be closed because it is not audited is opposed. An audited bill is opposed after
        its audit was taken back, where that is allowed; where change bills are, it is closed.
        """
        verb: str = bill.write.verb
        if verb not in bill.form.verbs:
            raise Rejected(say("bill_no_operation", verb=verb, form=bill.write.form))
        if bill.voided or bill.closed:
            _check_ended(bill)
            return
        if bill.state == SUBMITTED:
            raise Locked(say("bill_under_way", number=bill.number))
        reopened = False
        if bill.at_top:
            verb, reopened = self._audited_end(bill, verb)
        else:
            verb = "cancel"
        try:
            self._do(bill, verb)
        except AdapterError as error:
            raise self.ladder.put_back(bill, error) if reopened else error from None

    def _audited_end(self, bill: Bill, verb: str) -> tuple[str, bool]:
        """How an audited bill ends, and whether its audit was taken back for that."""
        listed = "change_bill" in bill.write.on_change
        if listed and bill.changing:
            self._changing.clear(bill)
        if verb == "close":
            return verb, False
        try:
            self.ladder.reopen(bill)
        except Conflict:
            if not listed:
                raise
            return "close", False
        return verb, True

    def _do(self, bill: Bill, verb: str) -> None:
        record = {"id": int(bill.key), "code": bill.number, "status": int(bill.state)}
        if verb == "cancel":
            record["opposeMemo"] = str(say("yonyou_cancelled"))
        outcome = self._client.act(bill.form.verbs[verb], [record])[bill.key]
        if isinstance(outcome, AdapterError):
            raise outcome


def _check_ended(bill: Bill) -> None:
    """Raises Conflict for an order that is to be void and is closed because goods of it left."""
    left = sum(
        (Decimal(row.get(SHIPPED) or 0) for row in bill.document.get(ROWS) or ()), Decimal(0)
    )
    if bill.write.verb == "cancel" and bill.closed and left:
        raise Conflict(
            say("yonyou_shipped_all", number=bill.number, shipped=f"{left.normalize():f}")
        )
