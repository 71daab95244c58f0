"""What the oracle is told of the day: the ledgers of both systems in its own words, and what people
decided. Nothing of the connector is asked but its public listing of failures.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.clock import CHINA
from sandbox.ledger import Entry as Line
from tests.oracle import History
from tests.oracle.history import Decision, Entry, Fields, Listed, Terms, Version
from tests.system.site import ACCOUNT, BILL, LINE, ORDER, ROWS, Site

TERMS = Terms("A", "audited", "cancel", "ask", unaudit=False, attempts=8, numbering="crm")
STATUS = {"normal": "confirmed", "under_review": "in_approval", "invalid": "cancelled"}
TOLD = {"已进ERP": "done", "已停下，待处理": "stopped"}


@dataclass
class Witness:
    """Sees orders as they stand after each act, and reads the ledgers in the end."""

    site: Site
    midnight: datetime
    versions: list[Version] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)

    @property
    def now(self) -> float:
        """Minutes since midnight."""
        return (self.site.clock.now() - self.midnight).total_seconds() / 60

    def minute(self, entry: Line) -> float:
        """When something stood in a ledger."""
        return (datetime.fromisoformat(entry.at) - self.midnight).total_seconds() / 60

    def see(self, number: str, needs: frozenset[str]) -> None:
        """An order was entered, changed or cancelled."""
        order = self.site.crm_order(number)
        numbers = {one["_id"]: one["account_no"] for one in self.site.crm.records(ACCOUNT)}
        lines = [line for line in self.site.crm.records(LINE) if line["order_id"] == order["_id"]]
        day = datetime.fromtimestamp(order["order_time"] / 1000, CHINA).date()
        fields = {
            "number": number,
            "customer": numbers[order["account_id"]],
            "date": day.isoformat(),
            "note": "",
            "status": STATUS[order["life_status"]],
            "lines": [self._line(line) for line in lines],
        }
        self.versions.append(Version(self.now, "order", order["_id"], fields, needs))

    def _line(self, line: Fields) -> Fields:
        product = self.site.crm.records("ProductObj")
        [code] = [one["product_code"] for one in product if one["_id"] == line["product_id"]]
        return {
            "id": line["_id"],
            "product": f"p-{code}",
            "qty": Decimal(str(line["quantity"])),
            "price": Decimal(str(line["sales_price"])),
        }

    def history(self) -> History:
        """The whole day."""
        failures = [
            Listed(one["flow"], one["key"], one["reason"], one["words"], one["who"])
            for one in self.site.app.failures("orders")
        ]
        return History(
            TERMS,
            self.versions,
            self.bills(),
            self._told(),
            decisions=self.decisions,
            failures=failures,
            ended_at=self.now,
        )

    def bills(self) -> list[Entry]:
        """All that was done to bills, by the ERP's ledger; what they are in the end stands in the
        last of each."""
        lines = [one for one in self.site.erp.ledger if (one.kind, one.form) == ("commit", BILL)]
        final = {str(one["FID"]): _bill(one) for one in self.site.erp.records(BILL)}
        last = {line.key: line for line in lines}
        made, marks = [], dict[str, str]()
        for line in lines:
            who = "connector" if line.by == "api" else "people"
            written: Fields = {}
            if line.operation == "create":
                marks[line.key] = str(line.data.get("F_CRM_Ref") or "")
                written = _written(line.data)
            after = final.get(line.key) if line is last[line.key] else {"void": False}
            made.append(
                Entry(self.minute(line), who, line.operation, "bill", line.key,
                      marks[line.key], written, after)
            )  # fmt: skip
        return made

    def _told(self) -> list[Entry]:
        """What the CRM's orders say of the ERP in the end."""
        told = []
        for order in self.site.crm.records(ORDER):
            state = str(order.get("erp_state__c") or "")
            shown = {
                "erp_state": TOLD.get(state, state),
                "erp_number": order.get("erp_number__c"),
            }
            key = order["_id"]
            told.append(Entry(self.now, "connector", "update", "order", key, key, shown, shown))
        return told


def _written(bill: Fields) -> Fields:
    """What was carried, in the oracle's words."""
    rows = [{"line": row["F_CRM_LineRef"], "key": "", "fields": _row(row)} for row in bill[ROWS]]
    return {**_head(bill), "rows": {"rows": rows}}


def _bill(bill: Fields) -> Fields:
    """A bill as it stands, in the oracle's words."""
    void = "B" in (bill["FCancelStatus"], bill["FCloseStatus"])
    step = {"A": "saved", "B": "submitted", "C": "audited"}[bill["FDocumentStatus"]]
    rows = [{"id": str(row["FEntryID"]), **_row(row)} for row in bill[ROWS]]
    return {**_head(bill), "key": str(bill["FID"]), "void": void, "step": step, "rows": rows}


def _head(bill: Fields) -> dict[str, Any]:
    return {
        "no": bill["FBillNo"],
        "customer": bill["FCustId"]["FNumber"],
        "date": bill["FDate"][:10],
        "note": bill.get("FNote") or None,
    }


def _row(row: Fields) -> dict[str, Any]:
    return {
        "material": row["FMaterialId"]["FNumber"],
        "unit": row["FUnitID"]["FNumber"],
        "qty": Decimal(str(row["FQty"])),
        "amount": Decimal(str(row["FAllAmount"])),
    }
