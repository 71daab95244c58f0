"""What we know of entity types beyond what their metadata says. Data, never behaviour."""

from __future__ import annotations

from collections.abc import Mapping

from connector.contract import FormCapabilities

KEY = "id"
STAMP = "modifiedAt"

_NOTHING: frozenset[str] = frozenset()
_UPDATED = FormCapabilities(operations=frozenset({"update"}), status="limited")
_MADE = FormCapabilities(operations=frozenset({"create", "update"}))

FORMS: Mapping[str, FormCapabilities] = {
    "Account": _MADE,
    "Contact": _MADE,
    "Product": FormCapabilities(operations=_MADE.operations, status="limited"),
    "Opportunity": FormCapabilities(operations=frozenset({"update"})),
    "SalesOrder": _UPDATED,
    "SalesOrderItem": _UPDATED,
    "Quote": _UPDATED,
    "QuoteItem": _UPDATED,
    "User": FormCapabilities(operations=_NOTHING),
}
OTHERS = FormCapabilities(operations=_MADE.operations, status="limited")
"""Custom entity types, and those that nobody tried."""

STAMPS = frozenset({"createdAt", "modifiedAt"})
SYSTEM = STAMPS | frozenset({
    "id", "createdById", "createdByName", "modifiedById",
    "modifiedByName", "deleted", "versionNumber",
})  # fmt: skip
"""Attributes that EspoCRM alone sets: whatever is sent for them is ignored."""

PARTS: Mapping[str, tuple[str, ...]] = {
    "link": ("Id", "Name"),
    "linkOne": ("Id", "Name"),
    "file": ("Id", "Name"),
    "image": ("Id", "Name"),
    "linkParent": ("Id", "Type", "Name"),
    "linkMultiple": ("Ids", "Names"),
    "attachmentMultiple": ("Ids", "Names"),
    "currency": ("", "Currency"),
    "address": ("Street", "City", "State", "Country", "PostalCode"),
    "datetimeOptional": ("", "Date"),
}
"""By a field's type what stands behind its name in its attributes; others have just its name."""
SHOWN_ONLY = frozenset({"Name", "Names"})
"""Parts that are read and never written."""
COMPOSED = frozenset({"personName"})
"""Types of which the parts are fields of their own, and the whole is read alone."""

NUMBERS = frozenset({
    "int", "float", "currency", "currencyConverted", "decimal", "autoincrement",
})  # fmt: skip
INSTANTS = frozenset({"datetime", "datetimeOptional"})
LISTS = frozenset({"multiEnum", "array", "checklist", "linkMultiple", "attachmentMultiple"})
CHOICES = frozenset({"enum", "multiEnum"})
