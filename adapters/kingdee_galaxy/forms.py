"""What we know of forms beyond what a mapping says. Data, never behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

STAMP = "FModifyDate"
STATUS = "FDocumentStatus"
YES = "B"
"""How Kingdee's status letters say that a bill is voided or closed, or base data forbidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """An operation that ends a record's life, and the field that says it was done."""

    operation: str
    field: str
    audited: bool | None = None
    """The state it needs: True audited, False not audited; None: any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form. The defaults fit any bill."""

    key: str = "FID"
    """The primary key; base data have one of their own."""
    text_key: bool = False
    """The key is a text (a GUID), not a number."""
    shared: bool = False
    """Organisations get copies of a record (分配); only the owner's is the record."""
    not_zero: str = ""
    """Rows in which this quantity is zero are left out."""
    cancel: Ending | None = None
    close: Ending | None = None
    close_rows: str = ""
    """Operation that closes rows of an audited bill."""
    row_closed: str = "FMrpCloseStatus"
    """The rows' field that says that it was done."""
    writes: bool = True
    """Our side creates and changes it."""
    status: str = "full"
    """How well it is supported; see the README."""


_FORBID = Ending(operation="Forbid", field="FForbidStatus")
_VOID = Ending(operation="Cancel", field="FCancelStatus", audited=False)
"""作废, as orders have it; of the other bills nobody told."""
_BILL = Form(cancel=_VOID, status="limited")

FORMS: Mapping[str, Form] = {
    "SAL_SaleOrder": Form(
        cancel=_VOID,
        close=Ending(operation="YLBillClose", field="FCloseStatus", audited=True),
        close_rows="YLMRPClose",
    ),
    "PUR_PurchaseOrder": Form(
        cancel=_VOID,
        close=Ending(operation="BillClose", field="FCloseStatus", audited=True),
        close_rows="MRPClose",
        status="limited",
    ),
    "BD_Customer": Form(key="FCUSTID", shared=True, close=_FORBID),
    "BD_CommonContact": Form(key="FCONTACTID", writes=False, status="limited"),
    "BD_MATERIAL": Form(key="FMATERIALID", shared=True, writes=False),
    "BD_Department": Form(key="FDEPTID", shared=True, writes=False),
    "BD_Saler": Form(writes=False, status="limited"),
    "BD_OPERATOR": Form(writes=False, status="limited"),
    "BD_UNIT": Form(key="FUNITID", writes=False),
    "BD_Supplier": Form(key="FSupplierId", shared=True, writes=False),
    "BD_STOCK": Form(key="FStockId", writes=False),
    "ORG_Organizations": Form(key="FOrgID", writes=False),
    "STK_Inventory": Form(text_key=True, not_zero="FBaseQty", writes=False),
    "ENG_BOM": Form(shared=True, writes=False),
    "BD_SAL_PriceList": Form(writes=False, status="limited"),
    "SAL_CustMatMapping": Form(writes=False, status="limited"),
    "PRD_MO": Form(),
    **dict.fromkeys(
        ("PLN_FORECAST", "SAL_QUOTATION", "SAL_RETURNNOTICE", "PUR_Requisition"), _BILL
    ),
    **dict.fromkeys(
        ("SAL_OUTSTOCK", "SAL_RETURNSTOCK", "STK_InStock", "PRD_INSTOCK", "AR_receivable"),
        Form(writes=False),
    ),
    **dict.fromkeys(
        (
            "IV_SALESIC",
            "IV_SALESOC",
            "AR_RECEIVEBILL",
            "AR_REFUNDBILL",
            "AP_Payable",
            "CRE_CustArchives",
            "QM_InspectBill",
        ),
        Form(writes=False, status="limited"),
    ),
}
_ANY = Form()


def form_of(name: str) -> Form:
    """What is known of a form; of others, what fits any bill."""
    return FORMS.get(name, _ANY)
