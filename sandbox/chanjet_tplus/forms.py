"""The forms of an account set in data: their fields, and how services call them.

Names follow the vendor's guide, other people's clients and their records. What nobody has shown
(`ExecutedQuantity`, names of what was finished) is kept and not printed, or stands in the
adapter's README as not confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sandbox.books import Field, Form

PARTNER, INVENTORY, WAREHOUSE, PERSON = "partner", "inventory", "warehouse", "person"
DEPARTMENT, UNIT, BOM, STOCK = "department", "Unit", "bom", "currentStock"
ORDER, DELIVERY, DISPATCH, INVOICE = "SaleOrder", "SaleDelivery", "SaleDispatch", "SaleInvoice"
PURCHASE, RECEIPT, MAKING = "PurchaseOrder", "PurchaseReceive", "ManufactureOrder"

OPEN, APPROVAL, AUDITED, CLOSED = "未审", "审批中", "已审", "中止"
STATES = (OPEN, APPROVAL, AUDITED, CLOSED)
STATE_CODES = {OPEN: "00", AUDITED: "01", APPROVAL: "02", CLOSED: "03"}
"""Made up: nobody has seen the codes of bills."""
DYNAMIC = "DynamicProperty"
HIDDEN = frozenset(("ExecutedQuantity", "Maker"))
"""Kept, and printed nowhere."""


def _named(names: str, **more: object) -> Iterator[Field]:
    return (Field(name, **more) for name in names.split())  # type: ignore[arg-type]


def _to(target: str, names: str, required: bool = False) -> Iterator[Field]:
    return _named(names, type="reference", target=target, required=required)


def _numbers(names: str, required: bool = False) -> Iterator[Field]:
    return _named(names, type="number", required=required, places=8)


def _days(names: str) -> Iterator[Field]:
    return _named(names, type="date")


def _fields(*parts: Iterable[Field]) -> tuple[Field, ...]:
    return tuple(one for part in parts for one in part)


_DYNAMIC = " ".join(f"{DYNAMIC}.priuserdefnvc{n}" for n in range(1, 5))
_CODE = (Field("Code", unique=True, required=True),)
_GOODS = (
    *_to(INVENTORY, "Inventory", required=True),
    *_to(UNIT, "Unit"),
    *_numbers("Quantity", required=True),
)
_PRICED = _fields(
    _GOODS,
    _numbers("OrigTaxPrice OrigTaxAmount TaxRate ExecutedQuantity"),
    _days("DeliveryDate"),
    _named("SourceVoucherCode DetailMemo", length=200),
)
_HEAD = _fields(
    _CODE,
    _named("ExternalCode Memo Maker", length=200),
    _days("VoucherDate"),
    _to(DEPARTMENT, "Department"),
    _to(PERSON, "Clerk"),
    _to(WAREHOUSE, "Warehouse"),
)


def _archive(name: str, label: str, *fields: Iterable[Field]) -> Form:
    more = [Field("Disabled", type="bool"), Field("Name", required=True)]
    return Form(name, label, _fields(_CODE, more, *fields), "Code")


def _bill(name: str, label: str, head: Iterable[Field], table: str, row: Iterable[Field]) -> Form:
    return Form(name, label, _fields(_HEAD, head), "Code", {table: tuple(row)}, STATES)


FORMS: Mapping[str, Form] = {
    form.name: form
    for form in (
        _archive(UNIT, "计量单位"),
        _archive(DEPARTMENT, "部门"),
        _archive(PERSON, "员工", _named("MobilePhoneNo")),
        _archive(WAREHOUSE, "仓库"),
        _archive(PARTNER, "往来单位", _named("PartnerTypeCode PartnerClassCode PartnerAbbName")),
        _archive(
            INVENTORY,
            "存货",
            _named("Specification InventoryClassCode InventoryClassName UnitName BaseUnitName"),
            [Field(name, type="bool") for name in ("IsSale", "IsPurchase", "IsMadeSelf")],
        ),
        Form(
            BOM,
            "物料清单",
            _fields(
                [Field("Code"), Field("Name"), Field("Version"), Field("Disabled", type="bool")],
                _numbers("ProduceQuantity"),
                _to(UNIT, "Unit"),
            ),
            "Code",
            {
                "BOMChilds": _fields(
                    [Field("Code"), Field("Name")],
                    _numbers("RequiredQuantity WasteRate"),
                    _to(UNIT, "Unit"),
                )
            },
        ),
        Form(
            STOCK,
            "现存量",
            _fields(
                _to(WAREHOUSE, "Warehouse"),
                _to(INVENTORY, "Inventory"),
                _numbers("ExistingQuantity AvailableQuantity"),
            ),
        ),
        _bill(
            ORDER,
            "销售订单",
            _fields(
                _to(PARTNER, "Customer", required=True),
                _to(PARTNER, "SettleCustomer"),
                [Field("BusinessType", options={"15": "普通销售", "16": "销售退货"})],
                _named(f"Address LinkMan ContactPhone Currency {_DYNAMIC}", length=200),
                _numbers("ExchangeRate"),
                _days("DeliveryDate"),
            ),
            "SaleOrderDetails",
            _fields(
                _PRICED,
                _named(_DYNAMIC, length=200),
                _numbers("OrigPrice OrigDiscountPrice DiscountRate"),
                _to(WAREHOUSE, "Warehouse"),
                [Field("IsPresent", type="bool")],
            ),
        ),
        _bill(
            DELIVERY,
            "销货单",
            _fields(
                _to(PARTNER, "Customer SettleCustomer"),
                _numbers("OrigTaxAmount"),
                _days("RecivingMaturity DeliveryDate"),
                _named(_DYNAMIC, length=200),
            ),
            "SaleDeliveryDetails",
            _PRICED,
        ),
        _bill(
            DISPATCH,
            "销售出库单",
            _fields(_to(PARTNER, "Partner"), _named("SourceVoucherCode")),
            "RDRecordDetails",
            _GOODS,
        ),
        _bill(
            INVOICE,
            "销售发票",
            _fields(
                _to(PARTNER, "Customer"), _numbers("OrigTaxAmount"), _named("InvoiceNo InvoiceType")
            ),
            "SaleInvoiceDetails",
            _PRICED,
        ),
        _bill(PURCHASE, "采购订单", _to(PARTNER, "Partner"), "PurchaseOrderDetails", _PRICED),
        _bill(
            RECEIPT,
            "采购入库单",
            _fields(_to(PARTNER, "Partner"), _named("SourceVoucherCode")),
            "RDRecordDetails",
            _GOODS,
        ),
        _bill(
            MAKING,
            "生产加工单",
            _to(PARTNER, "Customer"),
            "ManufactureOrderDetails",
            _fields(
                _GOODS,
                _numbers("FinishedQuantity"),
                _days("PreStartDate PreFinishDate"),
                _named("SaleOrderCode"),
            ),
        ),
    )
}
BILLS = tuple(name for name, form in FORMS.items() if form.states == STATES)
PAGED = (PARTNER, INVENTORY, BOM)
"""Archives that come page by page."""
LISTED = {UNIT: "param", WAREHOUSE: "param", PERSON: "dto", DEPARTMENT: "dto"}
"""Archives that come whole, and in what their query is wrapped."""
