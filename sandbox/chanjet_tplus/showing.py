"""Records as answers print them: whole documents, rows of archives, rows of stock."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sandbox.books import Books, Record
from sandbox.clock import CHINA

from .forms import BILLS, BOM, DYNAMIC, FORMS, HIDDEN, INVENTORY, STATE_CODES, WAREHOUSE

BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
CODED = {"BusinessType": "Code"}
"""Fields without an archive here that are printed as an object all the same."""


def local(moment: datetime) -> str:
    """A time as answers print it: China's, whole seconds."""
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


class Showing:
    """Prints the records of one account set."""

    def __init__(self, books: Books, switches: Mapping[str, Any]) -> None:
        self._books = books
        self._switches = switches

    def version(self, record: Record) -> Any:
        """Its row version, in one of the ways in which it may be printed."""
        number = int((record.stamp - BEGIN).total_seconds() * 1_000_000)
        match self._switches["row_versions"]:
            case "base64":
                return base64.b64encode(number.to_bytes(8, "big")).decode()
            case "hex":
                return f"0x{number:016X}"
            case "none":
                return None
        return number

    def document(self, record: Record) -> dict[str, Any]:
        """The whole of it."""
        made = {"ID": int(record.key), **self._shown(record.form, "", record.values)}
        for table in FORMS[record.form].tables:
            made[table] = [
                {"ID": int(row.key), **self._shown(record.form, table, row.values)}
                for row in record.each(table)
            ]
        if record.form in BILLS:
            made["VoucherState"] = {"Code": STATE_CODES[record.state], "Name": record.state}
        made["Ts"] = self.version(record)
        return made

    def archive(self, record: Record, wanted: Iterable[str]) -> dict[str, Any]:
        """A row of an archive's query. It never says whether it is disabled."""
        whole = self.document(record) | {"Disabled": None}
        if record.form == INVENTORY:
            whole.setdefault("BaseUnitName", record.values.get("UnitName"))
        names = list(wanted)
        return whole if record.form == BOM or not names else {n: whole.get(n) for n in names}

    def stock(self, record: Record, total: int) -> dict[str, Any]:
        """A row of stock: numbers are texts."""
        goods = self._books.get(INVENTORY, record.values["Inventory"]).values
        place = self._books.get(WAREHOUSE, record.values["Warehouse"]).values
        return {
            "WarehouseCode": place["Code"], "WarehouseName": place["Name"],
            "InventoryCode": goods["Code"], "InventoryName": goods["Name"],
            "UnitName": goods.get("UnitName"), "Batch": "",
            "ExistingQuantity": str(record.values.get("ExistingQuantity", 0)),
            "AvailableQuantity": str(record.values.get("AvailableQuantity", 0)),
            "TS": self.version(record), "TotalCount": total,
        }  # fmt: skip

    def _shown(self, form: str, table: str, values: Mapping[str, Any]) -> dict[str, Any]:
        fields = FORMS[form].columns[table] if table else FORMS[form].fields
        made: dict[str, Any] = {}
        keys: list[str] = []
        for name, value in values.items():
            if name.startswith(f"{DYNAMIC}."):
                keys.append(name)
            elif name not in HIDDEN:
                made[name] = self._value(fields[name].target, name, value)
        if keys:
            made[f"{DYNAMIC}Keys"] = [name.removeprefix(f"{DYNAMIC}.") for name in keys]
            made[f"{DYNAMIC}Values"] = [values[name] for name in keys]
        return made

    def _value(self, target: str, name: str, value: Any) -> Any:
        if target:
            one = self._books.get(target, value)
            return {"ID": int(value), "Code": one.number, "Name": one.values.get("Name")}
        if name in CODED:
            return {CODED[name]: value}
        return str(value) if isinstance(value, Decimal) and self._texts else value

    @property
    def _texts(self) -> bool:
        return bool(self._switches["numbers_are_texts"])
