"""What we know of objects beyond what their descriptions say. Data, never behaviour."""

from __future__ import annotations

from collections.abc import Mapping

from connector.contract import FormCapabilities

KEY = "Id"
STAMP = "SystemModstamp"
DELETED = "IsDeleted"
CURRENCY = "CurrencyIsoCode"
"""There only where the org has several currencies."""

_NOTHING: frozenset[str] = frozenset()
_UPDATE = frozenset({"update"})
_MADE = FormCapabilities(operations=frozenset({"create", "update"}))

FORMS: Mapping[str, FormCapabilities] = {
    "Account": _MADE,
    "Contact": _MADE,
    "Product2": _MADE,
    "Order": FormCapabilities(operations=_UPDATE),
    "OrderItem": FormCapabilities(operations=_UPDATE),
    "Opportunity": FormCapabilities(operations=_UPDATE),
    "OpportunityLineItem": FormCapabilities(operations=_UPDATE),
    "Quote": FormCapabilities(operations=_UPDATE, status="limited"),
    "QuoteLineItem": FormCapabilities(operations=_UPDATE, status="limited"),
    "Contract": FormCapabilities(operations=_UPDATE, status="limited"),
    "ReturnOrder": FormCapabilities(operations=_UPDATE, status="limited"),
    "ReturnOrderLineItem": FormCapabilities(operations=_UPDATE, status="limited"),
    "User": FormCapabilities(operations=_NOTHING),
}
OTHERS = FormCapabilities(operations=_MADE.operations, status="limited")
"""Custom objects, and standard ones that nobody tried."""

TEXTS = frozenset({
    "string", "textarea", "picklist", "multipicklist", "combobox", "reference", "id", "email",
    "phone", "url", "encryptedstring",
})  # fmt: skip
NUMBERS = frozenset({"int", "long", "double", "currency", "percent"})
INSTANT = "datetime"
