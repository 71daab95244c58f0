"""What the properties API tells of an object, and what its schema demands."""

from __future__ import annotations

from typing import Any

from sandbox.books import Field, Form

from .values import TYPES, system_of


def properties(form: Form) -> dict[str, Any]:
    """`GET /crm/properties/…/{objectType}`."""
    system = [Field(name, type=type, writable=False) for name, type in system_of(form.name).items()]
    return {"results": [_told(field) for field in (*system, *form.own)]}


def schema(form: Form) -> dict[str, Any]:
    """`GET /crm-object-schemas/…/schemas/{objectType}`, the little of it that matters here."""
    return {
        "name": form.name,
        "labels": {"singular": form.label, "plural": form.label},
        "requiredProperties": [field.name for field in form.own if field.required],
    }


def _told(field: Field) -> dict[str, Any]:
    kind, shape = TYPES[field.type]
    return {
        "name": field.name,
        "label": field.label or field.name,
        "type": kind,
        "fieldType": shape,
        "hasUniqueValue": field.unique,
        "hidden": False,
        "calculated": not field.writable,
        "externalOptions": field.target == "owners",
        "options": [
            {"value": code, "label": name, "hidden": False} for code, name in field.options.items()
        ],
        "modificationMetadata": {"readOnlyValue": not field.writable, "archivable": True},
        **({"referencedObjectType": field.target[:-1].upper()} if field.target else {}),
    }
