"""A real manufacturing company, carried across and read back with the vendor's own client.

    python -m tests.acceptance.adventureworks FOLDER [--numbering erp]

FOLDER holds customers.csv.gz, orders.csv.gz, order_lines.csv.gz and so on. Everything that
is compared comes from the CSV files on one side and from the official Kingdee SDK on the
other. Exit code 0 if every line holds.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from tests.acceptance.site import Report, Site, site

CENT = Decimal("0.01")
FIELDS = (
    "FID,FBillNo,FDate,FDocumentStatus,FCustId.FNumber,FSaleOrderEntry_FEntryID,"
    "FMaterialId.FNumber,FQty,FTaxPrice,FAllAmount,F_CRM_Ref"
)
CHANGED = 100


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--numbering", default="manual", choices=("manual", "erp"))
    options = parser.parse_args()
    report = Report()
    with site(str(options.folder), numbering=options.numbering) as where:
        where.configure()
        first_load(where, options.folder, report, options.numbering)
        nothing_more(where, report)
        late_stamp(where, report)
        changes_of_editable(where, report)
        changes_of_audited(where, report)
    return 0


def first_load(where: Site, folder: Path, report: Report, numbering: str) -> None:
    """Everything arrives, audited, and equals the files."""
    orders, lines = wanted(folder)
    report.tell(f"{len(orders)} orders, {sum(map(len, lines.values()))} lines to carry")
    result = where.sync()
    flows = result["flows"]
    report.check(flows["orders"]["written"] == len(orders), f"orders written: {flows['orders']}")
    report.check(not result["errors"], f"errors: {result['errors']}")
    customers = flows["customers"]["written"]
    report.check(customers == len(rows(folder, "customers")), f"customers written: {customers}")
    compare(where, orders, lines, report, numbering)


def compare(
    where: Site, orders: dict[str, Any], lines: dict[str, Any], report: Report, numbering: str
) -> None:
    """What the official SDK shows against the files, and the CRM's own record of it."""
    crm = {o["_id"]: o for o in where.get("crm", "records/SalesOrderObj")["records"]}
    bills: dict[str, list[Any]] = defaultdict(list)
    heads: dict[str, Any] = {}
    known = customers(where)
    for row in read_back(where):
        row[4] = known[row[4]]
        key = row[10].rpartition(":")[2]
        bills[str(crm[key]["name"])].append(row)
        heads[str(row[0])] = key
    report.check(len(heads) == len(orders), f"bills in the ERP: {len(heads)}")
    report.check(set(bills) == set(orders), "every order is there")
    differences = [
        text for name in orders for text in differ(orders[name], lines[name], bills[name])
    ]
    report.check(not differences, f"differences: {differences[:5]}")
    if numbering == "manual":
        report.check(all(r[1] == name for name, rs in bills.items() for r in rs), "numbers carried")
    shown = {str(o["name"]): str(o.get("erp_number__c")) for o in crm.values()}
    wrong = [name for name, rs in bills.items() if shown[name] != rs[0][1]]
    report.check(not wrong, f"the ERP's number stands in every CRM record: {wrong[:5]}")


def differ(order: Any, lines: list[Any], bill: list[Any]) -> Iterator[str]:
    name = order["order_no"]
    if len(bill) != len(lines):
        yield f"{name}: {len(bill)} rows instead of {len(lines)}"
        return
    if {row[0] for row in bill} != {bill[0][0]}:
        yield f"{name}: more than one bill"
    for row, line in zip(sorted(bill, key=lambda r: r[5]), lines, strict=True):
        amount = (Decimal(line["quantity"]) * Decimal(line["unit_price"])).quantize(
            CENT, ROUND_HALF_UP
        )
        price = Decimal(str(row[8])).quantize(CENT, ROUND_HALF_UP)
        seen = (row[2][:10], row[3], row[4], row[6], Decimal(str(row[7])), price, dec(row[9]))
        due = (
            order["order_date"],
            "C",
            order["customer_no"],
            line["material_no"],
            Decimal(line["quantity"]),
            Decimal(line["unit_price"]).quantize(CENT, ROUND_HALF_UP),
            amount,
        )
        if seen != due:
            yield f"{name}: {seen} instead of {due}"


def nothing_more(where: Site, report: Report) -> None:
    """A second run reads and writes nothing."""
    before = where.mark("erp"), where.mark("crm")
    flows = where.sync()["flows"]
    counts = {name: flows[name]["read"] for name in ("customers", "orders", "products")}
    report.check(not any(counts.values()), f"a second run reads nothing: {counts}")
    written = {name: flow["written"] for name, flow in flows.items() if flow["written"]}
    commits = where.commits("erp", before[0]) + where.commits("crm", before[1])
    report.check(not written and not commits, f"and writes nothing: {written} {commits[:1]}")


def late_stamp(where: Site, report: Report) -> None:
    """A change that carries a stamp from before the last window is found all the same."""
    orders = where.get("crm", "records/SalesOrderObj")["records"]
    newest = max(int(order["last_modified_time"]) for order in orders)
    number = str(orders[0]["name"])
    where.people(
        "crm", "edit", number=number, fields={"remark": "committed late"}, stamp=newest - 60_000
    )
    flows = where.sync()["flows"]
    report.check(flows["orders"]["changed"] == 1, f"a late commit is found: {flows['orders']}")
    # The bill is audited, so that a change bill changed it; another one takes that back.
    where.people("crm", "edit", number=number, fields={"remark": orders[0].get("remark")})
    flows = where.sync()["flows"]
    report.check(flows["orders"]["conflicts"] == 0, f"and taken back: {flows['orders']}")


def changes_of_editable(where: Site, report: Report) -> None:
    """While bills can be edited, each change is one update of just what changed."""
    numbers = where.people(
        "crm", "bulk_edit", count=CHANGED, fields={"ship_to_add": "A new address 1"}, seed=5
    )
    shown = {str(o["name"]): str(o["erp_number__c"]) for o in
             where.get("crm", "records/SalesOrderObj")["records"]}  # fmt: skip
    for number in numbers:
        where.people("erp", "unaudit", number=shown[number])
    before = where.mark("erp")
    flows = where.sync()["flows"]
    updates = [e for e in where.commits("erp", before) if e["operation"] == "update"]
    fields = {tuple(sorted(entry["data"])) for entry in updates}
    report.check(len(updates) == CHANGED, f"{len(updates)} updates, {flows['orders']}")
    report.check(fields == {("FReceiveAddress",)}, f"only what changed: {fields}")


def changes_of_audited(where: Site, report: Report) -> None:
    """Once they are audited each change is one change bill."""
    where.people("crm", "bulk_edit", count=CHANGED, fields={"remark": "after audit"}, seed=9)
    before = where.mark("erp")
    flows = where.sync()["flows"]
    report.check(flows["orders"]["written"] == CHANGED, f"changed: {flows['orders']}")
    made = [e["form"] for e in where.commits("erp", before) if e["operation"] == "create"]
    report.check(made == ["SAL_XORDER"] * CHANGED, f"{len(made)} change bills, and nothing else")


# -- the two sides ------------------------------------------------------------------------------


def wanted(folder: Path) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """The files' orders by number, and their lines in order."""
    lines: dict[str, list[Any]] = defaultdict(list)
    for line in rows(folder, "order_lines"):
        lines[line["order_no"]].append(line)
    return {order["order_no"]: order for order in rows(folder, "orders")}, lines


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_back(where: Site) -> Iterator[list[Any]]:
    """Every row of every sales order, by the vendor's own client."""
    return everything(where, "SAL_SaleOrder", FIELDS, "FSaleOrderEntry_FEntryID", 5)


def customers(where: Site) -> dict[str, str]:
    """The CRM's number of each customer, by the one that the ERP has for it: by our mark."""
    accounts = where.get("crm", "records/AccountObj")["records"]
    numbers = {str(account["_id"]): str(account["account_no"]) for account in accounts}
    rows = everything(where, "BD_Customer", "FCUSTID,FNumber,F_CRM_Ref", "FCUSTID", 0)
    marked = {str(number): str(mark).rpartition(":")[2] for _, number, mark in rows if mark}
    return {number: numbers[key] for number, key in marked.items()}


def everything(where: Site, form: str, fields: str, id: str, at: int) -> Iterator[list[Any]]:
    """All rows of a form, in the order of the field `id`, which stands at place `at`."""
    from k3cloud_webapi_sdk.main import K3CloudApiSdk

    settings, env = where.systems["erp"]["settings"], where.systems["erp"]["env"]
    sdk = K3CloudApiSdk(settings["base_url"])
    sdk.InitConfig(
        settings["acct_id"], settings["user"], settings["app_id"],
        env["KINGDEE_APP_SECRET"], settings["base_url"],
    )  # fmt: skip
    last = 0
    while True:
        query = {
            "FormId": form, "FieldKeys": fields, "TopRowCount": 0, "StartRow": 0,
            "FilterString": f"{id} > {last}", "Limit": 2000,
            "OrderString": f"{id} ASC", "SubSystemId": "",
        }  # fmt: skip
        page = json.loads(sdk.ExecuteBillQuery(query), parse_float=Decimal)
        yield from page
        if len(page) < 2000:
            return
        last = page[-1][at]


def dec(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(CENT, ROUND_HALF_UP)


if __name__ == "__main__":
    raise SystemExit(main())
