"""What we know of forms beyond what a mapping says. Data, never behaviour.

A bill is called by its service without `OpenApi`: `SaleOrder`. Its list shows ids, numbers and row
versions alone; everything else comes from the bill itself. An archive is called by its service:
`partner`. Some come page by page and take a time, the others come whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ORDER, PARTNER, STOCK = "SaleOrder", "partner", "currentStock"
MARK, CODE, ID, STATE = "ExternalCode", "Code", "ID", "VoucherState"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form. The defaults fit any bill that is only read."""

    is_bill: bool = True
    split: str = ""
    """Rows that are a record each, with the head's fields beside theirs."""

    query: str = ""
    """Of an archive, the method that shows its records."""
    wrap: str = "param"
    """What that method's input is wrapped in."""
    size: int = 0
    """Records of a page; 0: it has no pages."""
    halves: tuple[str, ...] = ("",)
    """What is in use, and what is not, are asked for one after the other: a query that names
    neither may leave out the latter, and its rows do not tell them apart."""
    selects: bool = False
    """It shows the fields that are named (`SelectFields`)."""

    create: str = ""
    """Path of the method that makes one; empty: our side writes none."""
    verbs: frozenset[str] = frozenset()
    """What may end it: `cancel`, `close`."""
    demanded: tuple[str, ...] = ()
    """Head fields that a new one must have."""
    named: frozenset[str] = frozenset()
    """Fields that are known besides those that records show, rows' ones as `table/field`."""
    status: str = "full"
    """How well it is supported; see the README."""


COMPUTED = frozenset((
    STATE, "Auditor", "AuditedDate", "Maker", "MadeDate", "CreatedTime", "Updated", "UpdatedBy",
))  # fmt: skip
"""What T+ says of a bill itself, and is not sent back to it."""
DERIVED = frozenset((
    "OrigPrice", "OrigDiscountPrice", "OrigDiscountAmount", "OrigAmount", "OrigTax", "DiscountRate",
    "Price", "TaxPrice", "Amount", "TaxAmount", "Tax", "DiscountPrice", "DiscountAmount",
    "BaseQuantity", "Quantity2", "CompositionQuantity",
))  # fmt: skip
"""What follows from a row's price, quantity and tax rate: left to T+ where one of them changes."""


def _names(text: str, table: str = "") -> frozenset[str]:
    return frozenset(f"{table}/{name}" if table else name for name in text.split())


def _archive(**more: Any) -> Form:
    """One that comes whole."""
    return Form(is_bill=False, query="Query", **more)


_DYNAMIC = " ".join(f"DynamicProperty.priuserdefnvc{n}" for n in range(1, 7))
_LINE = (
    "Inventory.Code Unit.Name Quantity OrigTaxPrice OrigTaxAmount TaxRate DeliveryDate IsPresent"
    f" DetailMemo SourceVoucherCode Warehouse.Code {_DYNAMIC}"
)
_HEAD = "Code ExternalCode VoucherDate Memo Department.Code Clerk.Code Warehouse.Code"

FORMS: Mapping[str, Form] = {
    ORDER: Form(
        create="saleOrder/Create",
        verbs=frozenset(("cancel", "close")),
        demanded=(MARK, "Customer.Code"),
        named=_names(
            f"{_HEAD} SettleCustomer.Code BusinessType.Code Address LinkMan ContactPhone"
            f" ExchangeRate DeliveryDate {_DYNAMIC}"
        )
        | _names(_LINE, "SaleOrderDetails"),
    ),
    "SaleDelivery": Form(
        named=_names(
            f"{_HEAD} Customer.Code SettleCustomer.Code OrigTaxAmount RecivingMaturity DeliveryDate"
            f" {_DYNAMIC}"
        )
        | _names(_LINE, "SaleDeliveryDetails"),
    ),
    "SaleDispatch": Form(named=_names("SourceVoucherCode Partner.Code"), status="limited"),
    "SaleInvoice": Form(
        named=_names("InvoiceNo InvoiceType.Code OrigTaxAmount Customer.Code")
        | _names(_LINE, "SaleInvoiceDetails"),
        status="limited",
    ),
    "PurchaseOrder": Form(
        named=_names("Partner.Code") | _names(_LINE, "PurchaseOrderDetails"), status="limited"
    ),
    "PurchaseReceive": Form(named=_names("SourceVoucherCode Partner.Code"), status="limited"),
    "ManufactureOrder": Form(
        split="ManufactureOrderDetails",
        named=_names(
            " ".join(
                f"ManufactureOrderDetails.{name}"
                for name in ("FinishedQuantity", "PreStartDate", "PreFinishDate", "SaleOrderCode")
            )
        ),
        status="limited",
    ),
    PARTNER: Form(
        is_bill=False,
        query="QueryPage",
        size=500,
        halves=("0", "1"),
        selects=True,
        create="partner/Create",
        demanded=(CODE, "Name"),
        named=_names(
            "PartnerType.Code PartnerClass.Code PartnerTypeCode PartnerClassCode PartnerAbbName"
        ),
    ),
    "inventory": Form(
        is_bill=False,
        query="QueryPage",
        size=500,
        halves=("0", "1"),
        selects=True,
        named=_names(
            "Specification InventoryClassCode InventoryClassName UnitName BaseUnitName IsSale"
            " IsPurchase IsMadeSelf"
        ),
    ),
    # Its answers take ever longer with the size of a page.
    "bom": Form(is_bill=False, query="QueryPage", size=50, halves=("0", "1")),
    "warehouse": _archive(),
    "Unit": _archive(),
    "person": _archive(wrap="dto", named=_names("MobilePhoneNo"), status="limited"),
    "department": _archive(wrap="dto", status="limited"),
    STOCK: Form(is_bill=False, query="Query", size=500),
}
_ANY = Form(status="limited")


def form_of(name: str) -> Form:
    """What is known of a form; of others, what fits any bill."""
    return FORMS.get(name, _ANY)
