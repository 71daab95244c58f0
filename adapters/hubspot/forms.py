"""What we know of objects beyond what their properties say. Data, never behaviour."""

from __future__ import annotations

from collections.abc import Mapping

from connector.contract import FormCapabilities

KEY = "hs_object_id"
STAMP = "modified"
"""Under this name a row carries its stamp, whichever property holds it."""
MODIFIED = "hs_lastmodifieddate"
MODIFIED_OF: Mapping[str, str] = {"contacts": "lastmodifieddate"}
"""Objects whose property of that kind has another name."""

OWNERS = "owners"
"""No object like the others: users, told by an API of their own, all of them each time."""
OWNER_KEY = "id"
LOGIN = "login"
"""What stands before the @ of a user's e-mail address: HubSpot has no number of them."""
OWNER_PROPERTIES = (
    *({"name": name, "type": "string"}
      for name in (OWNER_KEY, LOGIN, "email", "firstName", "lastName", "userId", "type")),
    {"name": "archived", "type": "bool"},
)  # fmt: skip

ASSOCIATED = "associations."
"""Before an object's name: the id of the one record of it that a record belongs to."""
BELONGS: Mapping[str, tuple[str, ...]] = {
    "contacts": ("companies",),
    "deals": ("companies", "contacts"),
    "line_items": ("deals", "orders", "quotes"),
    "orders": ("companies", "contacts", "deals"),
    "quotes": ("companies", "contacts", "deals"),
    "tasks": ("companies", "deals"),
}
"""What `describe` tells of them; any other may be asked for, too."""
PRIMARY: Mapping[tuple[str, str], int] = {
    ("contacts", "companies"): 1, ("deals", "companies"): 5,
    ("tasks", "companies"): 192, ("tasks", "deals"): 216,
}  # fmt: skip
"""The type of the association with the primary one, where HubSpot knows such; else the usual."""

_NOTHING: frozenset[str] = frozenset()
_UPDATED = frozenset({"update"})
_MADE = frozenset({"create", "update"})
BATCH = 100
"""Records of one call."""

FORMS: Mapping[str, FormCapabilities] = {
    "companies": FormCapabilities(operations=_MADE, batch=BATCH),
    "contacts": FormCapabilities(operations=_MADE, batch=BATCH),
    "products": FormCapabilities(operations=_MADE, batch=BATCH),
    "deals": FormCapabilities(operations=_UPDATED, batch=BATCH),
    "line_items": FormCapabilities(operations=_UPDATED, batch=BATCH),
    "orders": FormCapabilities(operations=_UPDATED, batch=BATCH, status="limited"),
    "quotes": FormCapabilities(operations=_UPDATED, batch=BATCH, status="limited"),
    OWNERS: FormCapabilities(reads="full", operations=_NOTHING, search=False),
}
OTHERS = FormCapabilities(operations=_MADE, batch=BATCH, status="limited")
"""Custom objects, and those that nobody tried."""
