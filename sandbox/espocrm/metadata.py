"""`GET Metadata`: what fields an entity type has."""

from __future__ import annotations

from typing import Any

from sandbox.books import Field, Form

from .forms import MONEY

TYPES = {
    "text": "varchar", "choice": "enum", "reference": "link", "number": "float", "any": "datetime",
}  # fmt: skip
SYSTEM = {
    "createdAt": {"type": "datetime", "readOnly": True},
    "modifiedAt": {"type": "datetime", "readOnly": True},
    "modifiedBy": {"type": "link", "readOnly": True},
    "versionNumber": {"type": "int", "readOnly": True},
}


WHOLE = {
    "dateEndDate": ("dateEnd", "datetimeOptional"),
    "parentId": ("parent", "linkParent"),
    "parentType": ("parent", "linkParent"),
}
"""Attributes that are parts of a field of another name, and of which type that is."""


def definition(form: Form) -> dict[str, Any]:
    """The definition of one entity type."""
    fields = [field for field in form.own if not _is_part(form, field)]
    own = {field.name: _described(field) for field in fields if field.name not in WHOLE}
    whole = dict(WHOLE[field.name] for field in fields if field.name in WHOLE)
    return {"fields": {**own, **{name: {"type": kind} for name, kind in whole.items()}, **SYSTEM}}


def _is_part(form: Form, field: Field) -> bool:
    """`amountCurrency` is a part of `amount`, not a field of its own."""
    whole = field.name.removesuffix("Currency")
    return whole != field.name and whole in form.fields


def _described(field: Field) -> dict[str, Any]:
    kind = "currency" if field.name in MONEY else TYPES.get(field.type, field.type)
    made: dict[str, Any] = {"type": kind}
    if field.required:
        made["required"] = True
    if field.length:
        made["maxLength"] = field.length
    if not field.writable:
        made["readOnly"] = True
    if field.options:
        made["options"] = ["", *field.options]
    return made
