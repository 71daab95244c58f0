"""`/sobjects/FORM/describe`: what fields an object has, and what each of them takes."""

from __future__ import annotations

from typing import Any

from sandbox.books import Field

from .fields import EXTERNAL, MONEY, relationship
from .shown import SYSTEM, Shown

TYPES = {"bool": "boolean", "choice": "picklist", "any": "datetime", "text": "string"}
LONG = 255
"""Longer text is an area."""


def description(form: str, label: str, shown: Shown) -> dict[str, Any]:
    """The answer for one object."""
    own = [_described(field) for field in shown.fields(form).values()]
    system = [_system(name) for name in shown.names(form) if name in SYSTEM]
    usual = {"createable": True, "updateable": True, "queryable": True, "custom": "__c" in form}
    return {"name": form, "label": label, **usual, "fields": [*system, *own]}


def _described(field: Field) -> dict[str, Any]:
    external = field.name in EXTERNAL
    return {
        "name": field.name,
        "label": field.label or field.name,
        "type": _type(field),
        "length": field.length,
        "scale": field.places if field.type == "number" else 0,
        "nillable": not field.required,
        "createable": field.writable,
        "updateable": field.writable,
        "defaultedOnCreate": field.type == "bool" or field.name == "OwnerId",
        "calculated": False,
        "unique": field.unique,
        "externalId": external,
        "caseSensitive": external,
        "custom": field.name.endswith("__c"),
        "restrictedPicklist": bool(field.options),
        "picklistValues": [
            {"value": value, "label": label, "active": True, "defaultValue": False}
            for value, label in field.options.items()
        ],
        "referenceTo": [field.target] if field.target else [],
        "relationshipName": relationship(field.name) if field.target else None,
    }


def _type(field: Field) -> str:
    if field.type == "number":
        return "currency" if field.name in MONEY else "double"
    if field.length > LONG:
        return "textarea"
    return TYPES.get(field.type, field.type)


def _system(name: str) -> dict[str, Any]:
    kind = {"Id": "id", "IsDeleted": "boolean"}.get(name, "datetime")
    return {
        "name": name,
        "label": name,
        "type": kind,
        "nillable": False,
        "createable": False,
        "updateable": False,
        "defaultedOnCreate": True,
        "unique": name == "Id",
        "externalId": False,
        "restrictedPicklist": False,
        "picklistValues": [],
        "referenceTo": [],
    }
