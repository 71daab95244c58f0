"""What stands in both systems at the end, by their own records and ledgers; never by the store.

The witness judges whole orders: lost, doubled at any moment, invented, with wrong totals, not told.
Here stands what it does not look at: each row, the remark, and that no version went back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sandbox import witness
from tests.prove.suite import Evidence
from tests.system.site import BILL, LINE, ORDER, ROWS, Site

BUGS = ('"job_failed"', '"adapter_bug"', '"planning_bug"', "Traceback")
"""What the product itself calls a bug of its own, in its log."""
FEW = 5
"""Violations of one kind that are told."""


def agree(site: Site) -> bool:
    """Everything is as it should be."""
    return witnessed(site).ok and not differ(site)


def judge(site: Site, evidence: Evidence) -> list[str]:
    """Count records by what became of them; the violations."""
    verdict = witnessed(site)
    wrong = [*verdict.unexpected, *verdict.different, *verdict.untold]
    kinds = {
        "lost": verdict.lost,
        "duplicated": verdict.doubled,
        "unexpected": [*wrong, *differ(site), *went_back(site)],
    }
    violations = []
    for kind, found in kinds.items():
        evidence.counts[kind] += len(found)
        violations += [f"{kind}: {text}" for text in found[:FEW]]
    evidence.counts["ok"] += verdict.arrived - len(verdict.different)
    return violations


def witnessed(site: Site) -> witness.Verdict:
    """What the witness says of both."""
    return witness.judge(site.urls["crm"], site.urls["erp"])


def differ(site: Site) -> list[str]:
    """Rows and remarks that are not what the CRM shows."""
    wanted, notes = _rows_wanted(site), _notes(site)
    found = []
    for bill in site.erp.records(BILL):
        key = str(bill["F_CRM_Ref"]).rpartition(":")[2]
        if Counter(map(_row, bill[ROWS])) != wanted.get(key):
            found.append(f"rows of {bill['FBillNo']} differ")
        if (bill.get("FNote") or "") != notes.get(key):
            found.append(f"{bill['FBillNo']} says {bill.get('FNote')}, not {notes.get(key)}")
    return found


def _rows_wanted(site: Site) -> dict[str, Counter[Any]]:
    products = {one["_id"]: one["product_code"] for one in site.crm.records("ProductObj")}
    wanted: dict[str, Counter[Any]] = {}
    for line in site.crm.records(LINE):
        row = (products[line["product_id"]], float(line["quantity"]), float(line["subtotal"]))
        wanted.setdefault(line["order_id"], Counter())[row] += 1
    return wanted


def _notes(site: Site) -> dict[str, str]:
    return {order["_id"]: order.get("remark") or "" for order in site.crm.records(ORDER)}


def _row(row: Mapping[str, Any]) -> tuple[str, float, float]:
    return row["FMaterialId"]["FNumber"], float(row["FQty"]), float(row["FAllAmount"])


def went_back(site: Site) -> list[str]:
    """Bills onto which an older version was written after a newer one, by the ledger."""
    newest: dict[str, str] = {}
    found = []
    for entry in site.erp.ledger:
        if entry.kind == "commit" and entry.form == BILL and "FNote" in entry.data:
            note = _new(entry.data["FNote"])
            if note < newest.get(entry.key, ""):
                found.append(f"{entry.number}: {note} after {newest[entry.key]}")
            newest[entry.key] = note
    return found


def _new(value: Any) -> str:
    """A value of the ledger: alone where it was created, with the old one where it changed."""
    return str((value["new"] if isinstance(value, dict) else value) or "")


def bugs(log: str) -> list[str]:
    """The first line of each kind of bug in it."""
    lines = log.splitlines()
    found = (next((line for line in lines if name in line), "") for name in BUGS)
    return [line[-1500:] for line in found if line]
