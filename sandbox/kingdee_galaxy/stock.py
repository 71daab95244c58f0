"""Stock on hand: a row per organisation, warehouse, status and material; at zero it vanishes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from .account_set import AccountSet
from .envelope import whole, words
from .records import Bill
from .values import plain

ZERO = Decimal(0)


class Place(NamedTuple):
    """Where stock lies, and in which state; without a status it is usable."""

    warehouse: int
    org: int
    status: int | None = None


def usable(books: AccountSet) -> int | None:
    """The status of goods that may be used."""
    found = books.find("BD_StockStatus", "KCZT01_SYS")
    return int(found.id) if found else None


def stock_row(books: AccountSet, material: int, place: Place) -> Bill | None:
    wanted = place._replace(status=place.status or usable(books))
    rows = books.tables["STK_Inventory"].find("FMaterialId", material)
    return next((row for row in rows if _place(row) == wanted), None)


def _place(row: Bill) -> Place:
    values = row.values
    return Place(values["FStockId"], values["FStockOrgId"], values["FStockStatusId"])


def on_hand(books: AccountSet, material: int, place: Place) -> Decimal:
    row = stock_row(books, material, place)
    return row.values["FBaseQty"] if row else ZERO


def usual_warehouse(books: AccountSet, material: int, org: int) -> Any:
    """Where most of a material lies, else the first warehouse."""
    rows = books.tables["STK_Inventory"].find("FMaterialId", material)
    here = [row.values for row in rows if row.values["FStockOrgId"] == org]
    if here:
        return max(here, key=_quantity)["FStockId"]
    return next(iter(books.tables["BD_STOCK"].bills), None)


def _quantity(values: dict[str, Any]) -> Decimal:
    return Decimal(values["FBaseQty"])


def set_stock(books: AccountSet, material: int, place: Place, quantity: Decimal, by: str) -> None:
    """Make the quantity so; the row's id is a new one each time it comes back from zero."""
    row = stock_row(books, material, place)
    if row is not None and not quantity:
        books.remove("stock", row, by)
        return
    if row is None and not quantity:
        return
    changed = row.copy() if row else new_stock_row(books, material, place)
    put_quantity(changed, quantity, books.switches["available_in_query"])
    if books.switches["stamps_move"]:
        changed.values["FUpdateTime"] = books.now()
    books.commit("stock", changed, by, moves=False)


def move_stock(books: AccountSet, material: int, place: Place, change: Decimal, by: str) -> None:
    set_stock(books, material, place, on_hand(books, material, place) + change, by)


def reserve(books: AccountSet, material: int, place: Place, quantity: Decimal, by: str) -> None:
    """Lock a quantity (预留) of what lies there."""
    row = stock_row(books, material, place)
    if row is None:
        raise KeyError(f"no stock of {material} in {place}")
    changed = row.copy()
    changed.values["FBaseLockQty"] = plain(quantity)
    books.commit("stock", changed, by, moves=False)


def new_stock_row(books: AccountSet, material: int, place: Place) -> Bill:
    form = books.tables["STK_Inventory"].form
    unit = books.bill("BD_MATERIAL", material).values.get("FBaseUnitId")
    warehouse, org, status = place
    return Bill(
        form, books.next_guid(), {
            "FMaterialId": material, "FStockId": warehouse, "FStockOrgId": org,
            "FStockStatusId": status or usable(books), "FOwnerTypeId": "BD_OwnerOrg",
            "FOwnerId": org, "FKeeperId": org, "FBaseUnitId": unit, "FStockUnitId": unit,
            "FSecQty": plain(ZERO), "FBaseLockQty": plain(ZERO),
        },
    )  # fmt: skip


def put_quantity(row: Bill, quantity: Decimal, available_in_query: bool) -> None:
    """One tenant reports available quantities of 0 from queries: that is the default here."""
    kept = plain(quantity)
    row.values["FBaseQty"] = row.values["FQty"] = kept
    shown = kept if available_in_query else plain(ZERO)
    row.values["FBaseAVBQty"] = row.values["FAVBQty"] = shown


def inventory_data(books: AccountSet, options: Mapping[str, Any]) -> dict[str, Any]:
    """GetInventoryData: ids instead of numbers, 1-based pages, keys in upper case."""
    wanted = {
        "FStockOrgId": _ids(books, "ORG_Organizations", options.get("fstockorgnumbers")),
        "FMaterialId": _ids(books, "BD_MATERIAL", options.get("fmaterialnumbers")),
        "FStockId": _ids(books, "BD_STOCK", options.get("fstocknumbers")),
    }
    rows = [
        row
        for row in _candidates(books, wanted["FMaterialId"])
        if all(ids is None or row.values[key] in ids for key, ids in wanted.items())
    ]
    size = whole(options.get("pagerows")) or 1000
    start = max(whole(options.get("pageindex")) - 1, 0) * size
    page = [_inventory_row(row) for row in rows[start : start + size]]
    return {"success": True, "message": "", "rowcount": len(rows), "data": page}


def _candidates(books: AccountSet, materials: set[Any] | None) -> list[Bill]:
    table = books.tables["STK_Inventory"]
    if materials is None:
        return list(table.bills.values())
    return [row for material in sorted(materials) for row in table.find("FMaterialId", material)]


def _ids(books: AccountSet, form_id: str, numbers: Any) -> set[Any] | None:
    asked = words(numbers)
    if not asked:
        return None
    table = books.table(form_id)
    return {key for number in asked for key in table.lookup("FNumber", number)}


def _inventory_row(row: Bill) -> dict[str, Any]:
    values = row.values
    return {
        "FID": row.id, "FSTOCKORGID": values["FStockOrgId"], "FSTOCKID": values["FStockId"],
        "FSTOCKLOCID": 0, "FAUXPROPID": 0, "FLOT": 0, "FMATERIALID": values["FMaterialId"],
        "FBASEUNITID": values["FBaseUnitId"], "FBASEQTY": values["FBaseQty"],
        "FBASEAVBQTY": plain(values["FBaseQty"] - values["FBaseLockQty"]),
        "FBASELOCKQTY": values["FBaseLockQty"], "FSECQTY": values["FSecQty"], "FSECUNITID": 0,
        "FSTOCKSTATUSID": values["FStockStatusId"],
    }  # fmt: skip
