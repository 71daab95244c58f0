"""Codes: which base data a field points to, and the numbers and names that stand there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from adapters.kingdee_galaxy.client import Client
from adapters.kingdee_galaxy.filters import Where
from adapters.kingdee_galaxy.forms import STATUS
from adapters.kingdee_galaxy.reading import AT_ONCE, SURE
from adapters.kingdee_galaxy.settings import KingdeeGalaxySettings
from connector.contract import chunks

NUMBER, NAME = "FNumber", "FName"
USABLE = {STATUS: "C", "FForbidStatus": "A"}
"""Audited and not forbidden: nothing else is accepted by a bill."""

WELL_KNOWN: Mapping[str, str] = {
    **dict.fromkeys(("FSettleCurrId", "FTRADINGCURRID", "FRECEIVECURRID"), "BD_Currency"),
    **dict.fromkeys(("FUnitID", "FPriceUnitId", "FStockUnitID", "FBaseUnitId"), "BD_UNIT"),
    **dict.fromkeys(("FSaleOrgId", "FStockOrgId", "FSettleOrgIds"), "ORG_Organizations"),
    **dict.fromkeys(("FCreateOrgId", "FUseOrgId", "FPrdOrgId"), "ORG_Organizations"),
    **dict.fromkeys(("FCustId", "FReceiveId", "FSettleId", "FChargeId"), "BD_Customer"),
    **dict.fromkeys(("FBillTypeID", "FBillType"), "BOS_BillType"),
    "FExchangeTypeId": "BD_RateType",
    "FSaleDeptId": "BD_Department",
    "FSalerId": "BD_Saler",
    "FMaterialId": "BD_MATERIAL",
    "FStockId": "BD_STOCK",
    "FRecConditionId": "BD_RecCondition",
    "FSettleModeId": "BD_SETTLETYPE",
}
"""What fields point to, where the metadata does not say so."""


class Codes:
    """Looks codes up in one connection. Metadata is asked for once a form."""

    def __init__(self, client: Client, settings: KingdeeGalaxySettings) -> None:
        self._client = client
        self._full = min(settings.query_limit, SURE)
        self._known: dict[str, Mapping[str, Mapping[str, Any]]] = {}

    def of(self, form: str, path: str, wanted: Collection[str] | None) -> Mapping[str, str] | None:
        """By number. None for what is no number of base data."""
        name, _, property = path.rpartition("/")[2].rpartition(".")
        key = name.rpartition(".")[2]
        field = self._fields(form).get(key)
        if property.lower() != NUMBER.lower() or field is None:
            return None
        base = str(field.get("LookUpObjectFormId") or WELL_KNOWN.get(key, ""))
        if not base or NUMBER not in self._fields(base):
            return None
        return dict(self._numbers(base, wanted))

    def _fields(self, form: str) -> Mapping[str, Mapping[str, Any]]:
        """The form's fields by key, whatever part they stand in."""
        if form not in self._known:
            parts = self._client.business_info(form).get("Entrys") or ()
            fields = (field for part in parts for field in part.get("Fields") or ())
            self._known[form] = {str(field["Key"]): field for field in fields}
        return self._known[form]

    def _numbers(self, base: str, wanted: Collection[str] | None) -> Iterator[tuple[str, str]]:
        named = NAME in self._fields(base)
        keys = f"{NUMBER},{NAME}" if named else NUMBER
        groups: Sequence[Any] = [()] if wanted is None else list(chunks(list(wanted), AT_ONCE))
        for some in groups:
            where = self._usable(base)
            if some:
                where.among(NUMBER, some)
            for row in self._rows(base, keys, str(where)):
                yield str(row[0]), str(row[1] or "") if named else ""

    def _usable(self, base: str) -> Where:
        where = Where({NUMBER, *USABLE})
        for field, value in USABLE.items():
            if field in self._fields(base):
                where.has(field, "=", value)
        return where

    def _rows(self, base: str, keys: str, where: str) -> Iterator[list[Any]]:
        start = 0
        while rows := self._client.query(base, keys, where, f"{NUMBER} ASC", start=start):
            yield from rows
            start += len(rows)
            if len(rows) < self._full:
                return
