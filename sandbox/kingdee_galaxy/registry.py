"""Which form behaves how."""

from .changes import ChangeOfOrder
from .finance import Debt, Invoice, Payment
from .forms import Form
from .offers import Quotation
from .production import Picking, ProductionOrder, Receipt
from .purchasing import PurchaseOrder, PurchaseReceipt, Requisition
from .rules import Rules
from .sales import OutStock, ReturnStock, SalesOrder

_PLAIN = Rules()
_RULES: dict[str, Rules] = {
    "SAL_SaleOrder": SalesOrder(),
    "SAL_XORDER": ChangeOfOrder(),
    "SAL_QUOTATION": Quotation(),
    "SAL_OUTSTOCK": OutStock(),
    "SAL_RETURNSTOCK": ReturnStock(),
    "PRD_MO": ProductionOrder(),
    "PRD_PickMtrl": Picking(),
    "PRD_INSTOCK": Receipt(),
    "PUR_Requisition": Requisition(),
    "PUR_PurchaseOrder": PurchaseOrder(),
    "STK_InStock": PurchaseReceipt(),
    "AR_receivable": Debt(),
    "AP_Payable": Debt(),
    "IV_SALESIC": Invoice(),
    "IV_SALESOC": Invoice(),
    "AR_RECEIVEBILL": Payment("FRECEIVEBILLSRCENTRY", "FSRCBILLTYPEID", "FREALRECAMOUNTFOR_S", 1),
    "AR_REFUNDBILL": Payment("FREFUNDBILLSRCENTRY", "FSOURCETYPE", "FREALREFUNDAMOUNTFOR_S", -1),
}


def rules_of(form: Form) -> Rules:
    return _RULES.get(form.id, _PLAIN)
