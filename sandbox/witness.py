"""The witness: compares what stands in a simulated CRM and ERP, knowing nothing of the connector.

    python -m sandbox.witness CRM_URL ERP_URL [--since YYYY-MM-DD] [--json]

It reads the side doors only. Every order of the CRM must have exactly one bill in the ERP
that carries its key, with the same lines and amounts to the fen, or say in the CRM itself
why it has none. No order may at any moment have had two living bills, by the ledger. An order
shows its bill's number in the CRM, and what the ERP says was made and shipped for it.
Exit code 0: so it is. 1: it is not, and every case is named.
"""

from __future__ import annotations

import argparse
import sys
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from .clock import CHINA
from .server import from_json, to_json

FEN = Decimal("0.01")
EXPLAINED = ("等待", "已停下", "核实", "发送")
"""How a state in the CRM begins that says that the order is not in the ERP."""


@dataclass(slots=True)
class Verdict:
    """What was found."""

    orders: int = 0
    arrived: int = 0
    explained: int = 0
    lines: int = 0
    amount: Decimal = Decimal(0)
    told: int = 0
    """Orders that show their bill's number in the CRM."""
    made: int = 0
    """Orders for which something was made or shipped, and which show it."""
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        wrong = (self.lost, self.doubled, self.different, self.untold, self.unexpected)
        return not any(wrong)


def judge(crm: str, erp: str, since: date | None = None) -> Verdict:
    """Compare the two systems behind these URLs."""
    verdict = Verdict()
    orders = {o["_id"]: o for o in _records(crm, "SalesOrderObj") if _counts(o, since)}
    lines: dict[str, list[Any]] = defaultdict(list)
    for line in _records(crm, "SalesOrderProductObj"):
        lines[str(line.get("order_id"))].append(line)
    bills: dict[str, list[Any]] = defaultdict(list)
    for bill in _records(erp, "SAL_SaleOrder"):
        if bill.get("F_CRM_Ref") and bill.get("FCancelStatus") != "B":
            bills[str(bill["F_CRM_Ref"]).rpartition(":")[2]].append(bill)
    made = _quantities(erp, "PRD_MO", "FTreeEntity", "FSaleOrderNo", "FStockInQuaQty")
    shipped = _quantities(erp, "SAL_OUTSTOCK", "FEntity", "FSoorDerno", "FRealQty")
    for key, order in orders.items():
        found = bills.pop(key, [])
        _order(order, lines[key], found, verdict)
        if found:
            _told(order, str(found[0]["FBillNo"]), made, shipped, verdict)
    verdict.unexpected = [f"bill {b['FBillNo']}" for found in bills.values() for b in found]
    verdict.doubled += _ever_doubled(erp)
    return verdict


def _counts(order: Any, since: date | None) -> bool:
    if order.get("life_status") != "normal":
        return False
    made = datetime.fromtimestamp(int(order["order_time"]) / 1000, CHINA).date()
    return since is None or made >= since


def _order(order: Any, lines: list[Any], bills: list[Any], verdict: Verdict) -> None:
    verdict.orders += 1
    name = str(order["name"])
    state = str(order.get("erp_state__c") or "")
    if not bills:
        if state.startswith(EXPLAINED):
            verdict.explained += 1
        else:
            verdict.lost.append(f"{name} (the CRM says: {state or 'nothing'})")
        return
    verdict.arrived += 1
    numbers = ", ".join(str(bill["FBillNo"]) for bill in bills)
    if len(bills) > 1:
        verdict.doubled.append(f"{name}: {numbers}")
    verdict.different += _differences(name, order, lines, bills[0])
    verdict.lines += len(lines)
    verdict.amount += Decimal(str(bills[0]["FBillAllAmount"]))


def _told(
    order: Any,
    number: str,
    made: dict[str, Decimal],
    shipped: dict[str, Decimal],
    verdict: Verdict,
) -> None:
    """Does the CRM show the bill's number, and what became of it?"""
    name, shown = str(order["name"]), str(order.get("erp_number__c") or "")
    if shown == number:
        verdict.told += 1
    else:
        verdict.untold.append(f"{name}: the bill is {number}, the CRM says {shown or 'nothing'}")
    if number not in made.keys() | shipped.keys():
        return
    verdict.made += 1
    for field_name, known in (("erp_produced__c", made), ("erp_shipped__c", shipped)):
        due, says = known.get(number, Decimal(0)), Decimal(str(order.get(field_name) or 0))
        if due != says:
            verdict.untold.append(f"{name}: {field_name} says {says} instead of {due}")


def _quantities(erp: str, form: str, table: str, order: str, quantity: str) -> dict[str, Decimal]:
    """What documents that count say of each order that they name."""
    found: dict[str, Decimal] = {}
    for document in _records(erp, form):
        if document["FDocumentStatus"] != "C" or document.get("FCancelStatus") == "B":
            continue
        for row in document[table]:
            if row.get(order):
                before = found.get(row[order], Decimal(0))
                found[row[order]] = before + Decimal(str(row.get(quantity) or 0))
    return found


def _differences(name: str, order: Any, lines: list[Any], bill: Any) -> Iterator[str]:
    rows = bill["FSaleOrderEntry"]
    if len(rows) != len(lines):
        yield f"{name}: {len(rows)} rows instead of {len(lines)}"
    total = Decimal(str(bill["FBillAllAmount"]))
    due = Decimal(str(order["order_amount"]))
    if abs(total - due) >= FEN:
        yield f"{name}: {total} instead of {due}"
    booked = sum((Decimal(str(row["FAllAmount"])) for row in rows), Decimal(0))
    if booked != total:
        yield f"{name}: rows {booked} instead of {total}"
    wanted = sum((Decimal(str(line["quantity"])) for line in lines), Decimal(0))
    shown = sum((Decimal(str(row["FQty"])) for row in rows), Decimal(0))
    if wanted != shown:
        yield f"{name}: quantity {shown} instead of {wanted}"


def _ever_doubled(erp: str) -> list[str]:
    """References that had two living bills at some moment, by the order of the ledger."""
    living: dict[str, set[str]] = defaultdict(set)
    owner: dict[str, str] = {}
    found = []
    for entry in _ledger(erp):
        if entry["kind"] != "commit" or entry["form"] != "SAL_SaleOrder":
            continue
        key = entry["key"]
        if entry["operation"] == "create" and entry["data"].get("F_CRM_Ref"):
            owner[key] = str(entry["data"]["F_CRM_Ref"])
            living[owner[key]].add(key)
            if len(living[owner[key]]) > 1:
                found.append(f"{owner[key]} at line {entry['n']} of the ledger")
        elif entry["operation"] in ("delete", "cancel") and key in owner:
            living[owner[key]].discard(key)
    return found


def _ledger(url: str) -> Iterator[Any]:
    after = 0
    while True:
        page = _get(f"{url}/_sandbox/ledger?after={after}&limit=5000")
        yield from page["entries"]
        after += len(page["entries"])
        if after >= page["last"] or not page["entries"]:
            return


def _records(url: str, form: str) -> list[Any]:
    records: list[Any] = _get(f"{url}/_sandbox/records/{form}")["records"]
    return records


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - a sandbox's URL
        return from_json(answer.read())


def main(argv: Sequence[str] | None = None) -> int:
    """Print the verdict; 0 if nothing is wrong."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.witness", description=__doc__)
    parser.add_argument("crm")
    parser.add_argument("erp")
    parser.add_argument("--since", type=date.fromisoformat)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    verdict = judge(options.crm, options.erp, options.since)
    if options.json:
        sys.stdout.write(to_json(asdict(verdict)).decode() + "\n")
    else:
        for name, value in asdict(verdict).items():
            sys.stdout.write(f"{name:11} {value}\n")
    return 0 if verdict.ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
