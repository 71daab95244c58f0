"""Which path is which operation of which form."""

from __future__ import annotations

from .auth import GATEWAY
from .forms import (
    BOM,
    CHANGE,
    CUSTOMER,
    FORMS,
    INVOICE,
    ORDER,
    PAYMENT,
    PRODUCT,
    PRODUCTION,
    PURCHASE,
    QUOTE,
    RECEIPT,
    RECEIVABLE,
    SHIPMENT,
    STAFF,
    STOCK,
    VENDOR,
    WAREHOUSE,
)

LISTED = (
    ORDER, CHANGE, QUOTE, SHIPMENT, INVOICE, RECEIVABLE, PURCHASE, RECEIPT, BOM, PRODUCTION, STAFF,
    VENDOR,
)  # fmt: skip
PATHS = {
    **{f"{form}/list": ("list", form) for form in LISTED},
    **{f"{form}/detail": ("detail", form) for form in LISTED},
    f"{PAYMENT}/list/v2": ("list", PAYMENT),
    f"{PAYMENT}/detail": ("detail", PAYMENT),
    f"{ORDER}/singleSave": ("save", ORDER),
    f"{ORDER}/batchsubmit": ("submit", ORDER),
    f"{ORDER}/batchaudit": ("audit", ORDER),
    f"{ORDER}/batchunaudit": ("unaudit", ORDER),
    f"{ORDER}/oppose": ("oppose", ORDER),
    f"{ORDER}/close": ("close", ORDER),
    f"{ORDER}/lineclose": ("lineclose", ORDER),
    f"{CHANGE}/singleSave": ("save", CHANGE),
    f"{CHANGE}/batchsubmit": ("submit", CHANGE),
    "sd/voucherorderchange/audit": ("audit", CHANGE),
    f"{CHANGE}/delete": ("forget", CHANGE),
    f"{QUOTE}/save": ("save", QUOTE),
    f"{QUOTE}/submit": ("submit", QUOTE),
    f"{QUOTE}/batchaudit": ("audit", QUOTE),
    f"{QUOTE}/unaudit": ("unaudit", QUOTE),
    f"{CUSTOMER}/newlist": ("list", CUSTOMER),
    f"{CUSTOMER}/newBatchDetail": ("details", CUSTOMER),
    f"{CUSTOMER}/idempotent/newinsert": ("insert", CUSTOMER),
    f"{CUSTOMER}/newupdate": ("update", CUSTOMER),
    f"{PRODUCT}/integration/querylist": ("list", PRODUCT),
    f"{WAREHOUSE}/batchQueryDetail": ("list", WAREHOUSE),
    f"{STOCK}/QueryCurrentStocksByCondition": ("stock", STOCK),
}
"""Below the gateway and `/yonbip`."""
PREFIX = f"{GATEWAY}/yonbip/"
assert {form for _, form in PATHS.values()} <= FORMS.keys()


def route(path: str) -> tuple[str, str] | None:
    """`(operation, form)`; None: the gateway knows no such path."""
    return PATHS.get(path.removeprefix(PREFIX)) if path.startswith(PREFIX) else None
