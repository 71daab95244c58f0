"""Which form behaves how."""

from .forms import Form
from .production import ProductionOrder, Receipt
from .rules import Rules
from .sales import OutStock, SalesOrder

_PLAIN = Rules()
_RULES: dict[str, Rules] = {
    "SAL_SaleOrder": SalesOrder(),
    "SAL_OUTSTOCK": OutStock(),
    "PRD_MO": ProductionOrder(),
    "PRD_INSTOCK": Receipt(),
}


def rules_of(form: Form) -> Rules:
    return _RULES.get(form.id, _PLAIN)
