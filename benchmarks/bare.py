"""The bare loop: requests and plain dicts, the same remote calls as the product, no state.

Nothing is checked, nothing is remembered, nothing is safe when the process dies: what one
would write in an afternoon, and about the least that these calls can cost with requests.

    python -m benchmarks.bare '{"port": 1234, "workload": "orders", "orders": 100}'
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import requests

from benchmarks import company
from benchmarks.measuring import measured, peak_mb, told

Row = dict[str, Any]
CHINA = timezone(timedelta(hours=8))
ERP = "/k3cloud/Kingdee.BOS.WebApi.ServicesStub.DynamicFormService"
HEADS = [
    "_id", "last_modified_time", "account_id", "order_time", "delivery_date",
    "customer_order_no__c", "kind__c", "owner", "mc_currency", "order_amount",
    "discount_amount__c", "life_status", "ship_to_add", "ship_to_tel", "remark", "create_time",
    "name",
]  # fmt: skip
LINES = [
    "_id", "last_modified_time", "order_id", "line_no__c", "kind__c", "product_id", "quantity",
    "sales_price", "tax_rate__c", "subtotal", "delivery_date__c", "remark", "life_status",
]  # fmt: skip
RETURNED = [
    "FID", "FBillAllAmount", "FSaleOrderEntry.FEntryID", "FSaleOrderEntry.FQty",
    "FSaleOrderEntry.FTaxPrice", "FSaleOrderEntry.FAllAmount",
]  # fmt: skip
STOCK_KEY = (
    "FMaterialId.FMasterId,FStockOrgId.FNumber,FStockId.FNumber,FLot.FNumber,"
    "FStockStatusId.FNumber,FOwnerId.FNumber,FMtoNo"
)
STOCK = f"{STOCK_KEY},FStockId.FName,FOwnerTypeId,FBaseUnitId.FNumber,FBaseQty,FID"
PAGE, STOCK_PAGE = 100, 2000


class Loop:
    """Both systems and the little that the loop knows by heart."""

    def __init__(self, port: int, *, batch: int = 50, group: int = 50, parallel: int = 1) -> None:
        self._base = f"http://127.0.0.1:{port}"
        self._batch, self._group, self._parallel = batch, group, parallel
        self._local = threading.local()
        self._headers = {"authorization": "Bearer t", "x-fs-ea": "bench", "x-fs-userid": "1000"}
        self._customers = _numbers(company.CUSTOMERS, company.customer_id, company.customer_number)
        self._salers = _numbers(company.EMPLOYEES, company.employee_id, company.employee_number)
        self._materials = _numbers(company.MATERIALS, company.product_id, company.material_number)

    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
        session: requests.Session = self._local.session
        return session

    def _crm(self, path: str, data: Row) -> Row:
        url = f"{self._base}/cgi/crm/{path}"
        answer = self._session().post(url, json={"data": data}, headers=self._headers, timeout=60)
        body: Row = answer.json()
        if body["errorCode"] != 0:
            raise RuntimeError(body)
        return body

    def _erp(self, method: str, body: Row) -> Any:
        url = f"{self._base}{ERP}.{method}.common.kdsvc"
        return self._session().post(url, json=body, timeout=60).json()

    def _written(self, method: str, data: Row) -> Row:
        answer = self._erp(method, {"formid": "SAL_SaleOrder", "data": data})
        result: Row = answer["Result"]
        if not result["ResponseStatus"]["IsSuccess"]:
            raise RuntimeError(answer)
        return result

    # -- reading the CRM --------------------------------------------------------------------

    def _pages(self, form: str, filters: list[Row], fields: list[str]) -> Iterator[list[Row]]:
        after: list[Row] = []
        while True:
            search = {
                "limit": PAGE,
                "offset": 0,
                "filters": filters + after,
                "orders": [{"fieldName": "_id", "isAsc": True}],
                "fieldProjection": fields,
            }
            data = {
                "dataObjectApiName": form,
                "find_explicit_total_num": False,
                "search_query_info": search,
            }
            rows: list[Row] = self._crm("v2/data/query", data)["data"]["dataList"]
            yield rows
            if len(rows) < PAGE:
                return
            after = [_filter("_id", "GT", rows[-1]["_id"])]

    def bills(self, since: int = 0) -> Iterator[Row]:
        """Every order as the ERP's Model."""
        filters = [_filter("last_modified_time", "LT", str(2 * company.STAMP))]
        if since:
            filters.append(_filter("last_modified_time", "GTE", str(since)))
        for heads in self._pages("SalesOrderObj", filters, HEADS):
            if not heads:
                return
            rows: dict[str, list[Row]] = {head["_id"]: [] for head in heads}
            wanted = [_filter("order_id", "IN", *rows)]
            for page in self._pages("SalesOrderProductObj", wanted, LINES):
                for row in page:
                    rows[row["order_id"]].append(row)
            for head in heads:
                yield self._bill(head, rows[head["_id"]])

    # -- mapping ----------------------------------------------------------------------------

    def _bill(self, head: Row, rows: list[Row]) -> Row:
        wanted = _day(head["delivery_date"])
        return {
            "FID": 0,
            "F_CRM_Ref": f"crm:{head['_id']}",
            "FBillTypeID": {"FNUMBER": "XSDD01_SYS"},
            "FBillNo": head["name"],
            "FDate": _day(head["order_time"]),
            "FSaleOrgId": {"FNumber": "100"},
            "FCustId": {"FNumber": self._customers[head["account_id"]]},
            "FSalerId": {"FNumber": self._salers[head["owner"][0]]},
            "FReceiveAddress": head["ship_to_add"],
            "FLinkPhone": head["ship_to_tel"],
            "FNote": head["remark"],
            "FSaleOrderFinance": {
                "FSettleCurrId": {"FNumber": "PRE001"},
                "FExchangeTypeId": {"FNumber": "HLTX01_SYS"},
                "FIsIncludedTax": "true",
            },
            "FSaleOrderEntry": [self._row(row, wanted) for row in rows],
        }

    def _row(self, row: Row, wanted: str) -> Row:
        own = row.get("delivery_date__c")
        return {
            "FRowType": "Standard",
            "FMaterialId": {"FNumber": self._materials[row["product_id"]]},
            "FUnitID": {"FNumber": "Pcs"},
            "FPriceUnitId": {"FNumber": "Pcs"},
            "FStockUnitID": {"FNumber": "Pcs"},
            "FSettleOrgIds": {"FNumber": "100"},
            "FReserveType": "1",
            "FOUTLMTUNIT": "SAL",
            "FEntryNote": row.get("remark"),
            "FDeliveryDate": _day(own) if own else wanted,
            "FIsFree": "true" if row["kind__c"] == "gift" else "false",
            "FQty": float(row["quantity"]),
            "FEntryTaxRate": float(row["tax_rate__c"]),
            "FTaxPrice": float(row["sales_price"]),
            "FAllAmount": float(row["subtotal"]),
        }

    # -- writing the ERP --------------------------------------------------------------------

    def deliver(self, since: int = 0) -> None:
        """Read every order, then write them in groups."""
        bills = list(self.bills(since))
        groups = list(_slices(bills, self._group))
        if self._parallel == 1:
            for group in groups:
                self._write(group)
            return
        with ThreadPoolExecutor(self._parallel) as pool:
            list(pool.map(self._write, groups))

    def _write(self, group: Sequence[Row]) -> None:
        """Ask which are there already, as the product does; then save, submit, audit."""
        marks = ",".join(f"'{bill['F_CRM_Ref']}'" for bill in group)
        found = self._query("SAL_SaleOrder", "FID,F_CRM_Ref", f"F_CRM_Ref in ({marks})", "FID ASC")
        if found:
            raise RuntimeError("there already")
        for bills in _slices(group, self._batch):
            options = {
                "IsDeleteEntry": "false",
                "IsVerifyBaseDataField": "true",
                "IgnoreInterationFlag": "false",
                "InterationFlags": "",
                "NeedReturnFields": RETURNED,
            }
            if self._batch == 1:
                saved = self._written("Save", {**options, "Model": bills[0]})
            else:
                saved = self._written("BatchSave", {**options, "Model": list(bills)})
            done = saved["ResponseStatus"]["SuccessEntitys"]
            ids = ",".join(str(entity["Id"]) for entity in done)
            for step in ("Submit", "Audit"):
                self._written(step, {"Ids": ids, "IgnoreInterationFlag": "false"})

    def _query(self, form: str, keys: str, where: str, order: str) -> list[list[Any]]:
        data = {
            "FormId": form,
            "FieldKeys": keys,
            "FilterString": where,
            "OrderString": order,
            "TopRowCount": 0,
            "StartRow": 0,
            "Limit": STOCK_PAGE,
        }
        rows: list[list[Any]] = self._erp("ExecuteBillQuery", {"data": data})
        return rows

    # -- stock ------------------------------------------------------------------------------

    def pull_stock(self, round: int) -> None:
        """Read all stock; write what moved. Which that is, a friend whispers: no state is kept."""
        where, place = "FBaseQty <> 0", 0
        moved: list[tuple[int, Row]] = []
        while True:
            rows = self._query("STK_Inventory", STOCK, where, "FID ASC")
            for row in rows:
                values = _stock(row)
                if company.stock_changes(place, round):
                    moved.append((place, values))
                place += 1
            if len(rows) < STOCK_PAGE:
                break
            where = f"FBaseQty <> 0 and FID > '{rows[-1][-1]}'"
        for place, values in moved:
            record = {"_id": f"{place + 1:024x}", "dataObjectApiName": "erp_stock__c", **values}
            self._crm("custom/v2/data/update", {"object_data": record})


def _stock(row: list[Any]) -> Row:
    material = row[0] - company.FIRST_MATERIAL
    return {
        "name": company.material_number(material),
        "product__c": company.product_id(material),
        "warehouse__c": row[7],
        "on_hand__c": format(row[10], "f"),
        "unit__c": row[9],
    }


def _filter(name: str, operator: str, *values: str) -> Row:
    return {"field_name": name, "operator": operator, "field_values": list(values)}


def _slices(items: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _day(millis: int) -> str:
    return datetime.fromtimestamp(millis / 1000, UTC).astimezone(CHINA).date().isoformat()


def _numbers(count: int, id_of: Any, number_of: Any) -> dict[str, str]:
    return {id_of(n): number_of(n) for n in range(count)}


def run(
    port: int, workload: str, batch: int = 50, group: int = 50, parallel: int = 1, **extra: int
) -> dict[str, Any]:
    """One workload once, its connections open beforehand."""
    loop = Loop(port, batch=batch, group=group, parallel=parallel)
    loop._crm("v2/object/list", {})
    works: dict[str, Callable[[], object]] = {
        "orders": loop.deliver,
        "unchanged": lambda: [bill["FID"] for bill in loop.bills()],
        "stock": lambda: loop.pull_stock(extra["round"]),
        "one": lambda: loop.deliver(company.STAMP + 1),
    }
    return {**measured(port, works[workload]), "peak_mb": peak_mb()}


if __name__ == "__main__":
    told(run(**json.loads(sys.argv[1])))
