"""What we know of objects beyond what their descriptions say. Data, never behaviour."""

from __future__ import annotations

from collections.abc import Mapping

KEY = "id"
STAMP = "updatedAt"
RECORD_TYPE = "entityType"
"""Without it nothing is created; afterwards it stays."""
USUAL_TYPE = "defaultBusiType"
"""The record type that is taken where there are several and the mapping names none."""

UPDATED = frozenset({"order", "orderProduct", "opportunity"})
"""Objects that people make; our side writes fields onto them."""
READ_ONLY = frozenset({"user"})
MADE = frozenset({"account", "contact", "product"})

SYSTEM = frozenset({KEY, STAMP, RECORD_TYPE, "createdAt", "createdBy", "updatedBy", "ownerId"})
"""Every record has these; no page says whether a description names them."""
SYSTEM_TYPES: Mapping[str, str] = {
    KEY: "relation", RECORD_TYPE: "relation", "createdBy": "relation", "updatedBy": "relation",
    "ownerId": "relation", STAMP: "datetime", "createdAt": "datetime",
}  # fmt: skip

NUMBERS = frozenset({
    "integer", "long", "number", "real", "float", "double", "decimal", "currency", "percent",
    "formula", "rollup",
})  # fmt: skip
DATES = frozenset({"date"})
INSTANTS = frozenset({"datetime", "timestamp"})
REFERENCES = frozenset({"relation", "reference", "lookup", "master", "masterdetail", "user"})
"""Types by their names in lower case. No page lists them all: a field of a type that is not here
is text."""
