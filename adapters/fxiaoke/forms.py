"""What we know of forms beyond what their descriptions say. Data, never behaviour."""

from __future__ import annotations

from collections.abc import Mapping

from connector.contract import FormCapabilities

KEY = "_id"
STAMP = "last_modified_time"
LIFE, INVALID = "life_status", "invalid"
LOCK, LOCKED = "lock_status", "1"
DELETED = "is_deleted"
OWNER = "owner"
"""Written on create only; another call changes it."""

_WRITABLE = frozenset({"create", "update", "cancel"})
_NOTHING: frozenset[str] = frozenset()

FORMS: Mapping[str, FormCapabilities] = {
    "AccountObj": FormCapabilities(operations=_WRITABLE),
    "ProductObj": FormCapabilities(operations=_WRITABLE),
    "SalesOrderObj": FormCapabilities(operations=frozenset({"update", "cancel"})),
    "SalesOrderProductObj": FormCapabilities(operations=_NOTHING),
    "PersonnelObj": FormCapabilities(operations=_NOTHING, status="limited"),
    "DepartmentObj": FormCapabilities(operations=_NOTHING, status="limited"),
}
OTHERS = FormCapabilities(operations=_WRITABLE, status="limited")
"""Custom objects, and preset ones that nobody tried."""


def is_custom(form: str) -> bool:
    """Whether the tenant made the object; such objects have paths of their own."""
    return form.endswith("__c")
