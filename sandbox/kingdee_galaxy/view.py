"""View and QueryBusinessInfo: a record by property names, and a form's metadata."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .account_set import AccountSet
from .errors import MsgCode, Refused
from .forms import DECIMALS, Field, Form
from .records import Bill

CHINESE = 2052
ELEMENT_TYPES = {
    "text": 1, "bytes": 1, "int": 2, "qty": 3, "price": 4, "money": 5, "rate": 6, "bool": 8,
    "date": 9, "time": 10, "assist": 12, "base": 13, "list": 34,
}  # fmt: skip
"""ElementType numbers; their official list was not found, only that they are numbers."""


def view(books: AccountSet, form: Form, options: Mapping[str, Any]) -> dict[str, Any]:
    """The record as the object model names things: no F, `X_Id` beside `X`, doubled Result."""
    bill = _asked(books, form, options)
    status = {"IsSuccess": True}
    return {"Result": {"ResponseStatus": status, "Result": _document(books, bill)}}


def _asked(books: AccountSet, form: Form, options: Mapping[str, Any]) -> Bill:
    key, number = options.get("id"), str(options.get("number") or "")
    if not key and not number:
        raise Refused(MsgCode.ID_EMPTY, "编码值或内码值必须传其一")
    if form.id == "STK_Inventory":
        raise Refused(MsgCode.NOT_OPERABLE, "即时库存不支持该操作")
    by_key = str(key or "")
    found = books.find(form.id, number)
    if by_key.isdigit():
        found = books.table(form.id).get(int(by_key))
    if found is None:
        raise Refused(MsgCode.DATA_NOT_FOUND, f"{form.label}[{key or number}]不存在")
    return found


def _document(books: AccountSet, bill: Bill) -> dict[str, Any]:
    form = bill.form
    inner = {key for part in form.subheads.values() for key in part.fields}
    document: dict[str, Any] = {"Id": bill.id}
    head = [made for key, made in form.head.items() if key not in inner]
    document |= _properties(books, head, bill.values)
    if not form.is_bill:
        name = bill.values.get("FName")
        document["MultiLanguageText"] = [{"PkId": bill.id, "LocaleId": CHINESE, "Name": name}]
    for part in form.subheads.values():
        values = _properties(books, part.fields.values(), bill.values)
        document[part.property_name] = [{"Id": bill.id, **values}]
    for entity in form.entries.values():
        document[entity.property_name] = [
            {
                "Id": row.id,
                "Seq": row.values.get("FSeq"),
                **_properties(books, entity.fields.values(), row.values),
            }
            for row in bill.rows.get(entity.key, ())
        ]
    return document


def _properties(
    books: AccountSet, fields: Iterable[Field], values: Mapping[str, Any]
) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for made in fields:
        value, name = values.get(made.key), made.property_name
        if made.kind == "base":
            shown[f"{name}_Id"] = value or 0
            shown[name] = _base_data(books, made, value)
        elif made.key == "FName" and not made.entity:
            shown[name] = _translated(value)
        elif made.kind in DECIMALS:
            shown[name] = value if value is not None else 0.0
        else:
            shown[name] = value
    return shown


def _base_data(books: AccountSet, made: Field, key: Any) -> dict[str, Any] | None:
    found = books.tables[made.base].get(key) if key else None
    if found is None:
        return None
    name = _translated(found.values.get("FName"))
    master = found.values.get("FMasterId") or found.id
    return {"Id": found.id, "msterID": master, "Number": found.number, "Name": name}


def _translated(text: Any) -> list[dict[str, Any]]:
    return [{"Key": CHINESE, "Value": text}]


def business_info(form: Form) -> dict[str, Any]:
    """The form's entities and fields, in `Result.NeedReturnData`."""
    inner = {key for part in form.subheads.values() for key in part.fields}
    head = [made for key, made in form.head.items() if key not in inner]
    entities = [_entity("FBillHead", form.label, head, form.pk)]
    for part in (*form.subheads.values(), *form.entries.values()):
        pk = "FEntryID" if part.key in form.entries else form.pk
        entities.append(_entity(part.key, part.label, part.fields.values(), pk))
    data = {
        "Id": form.id,
        "Name": _translated(form.label),
        "PkFieldName": form.pk,
        "Entrys": entities,
        "Operations": [
            {"OperationNumber": number, "OperationName": _translated(number)}
            for number in ("Save", "Submit", "Audit", "UnAudit", "Delete", "CancelAssign", "Push")
        ],
    }
    status = {"IsSuccess": True, "Errors": [], "SuccessEntitys": [], "SuccessMessages": []}
    return {"Result": {"ResponseStatus": {**status, "MsgCode": 0}, "NeedReturnData": data}}


def _entity(key: str, label: str, fields: Iterable[Field], pk: str) -> dict[str, Any]:
    return {
        "Key": key,
        "Name": _translated(label),
        "EntryPkFieldName": pk,
        "Fields": [_field(made, key) for made in fields],
    }


def _field(made: Field, entity: str) -> dict[str, Any]:
    return {
        "Key": made.key,
        "Name": _translated(made.label),
        "PropertyName": made.property_name,
        "EntityKey": entity,
        "MustInput": 1 if made.required else 0,
        "ElementType": ELEMENT_TYPES[made.kind],
        "LookUpObjectFormId": made.base or None,
        "Extends": None,
        "IsViewVisible": True,
    }
