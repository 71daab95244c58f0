"""A form's metadata as documents name its fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connector.contract import FormField

HEAD = "FBillHead"


def fields_of(info: Mapping[str, Any]) -> list[FormField]:
    """Every field: `FCustId`, `FSaleOrderFinance.FSettleCurrId`, rows under their table.

    A mapping writes base data as one of these followed by `.FNumber`.
    """
    return [field for entity in info.get("Entrys") or () for field in _entity(entity, info)]


def _entity(entity: Mapping[str, Any], info: Mapping[str, Any]) -> Iterator[FormField]:
    key = str(entity.get("Key") or "")
    is_head = key == HEAD
    is_table = not is_head and entity.get("EntryPkFieldName") != info.get("PkFieldName")
    prefix = "" if is_head or is_table else f"{key}."
    for field in entity.get("Fields") or ():
        yield FormField(
            name=prefix + str(field["Key"]),
            label=_label(field.get("Name")),
            type=str(field.get("ElementType") or ""),
            required=str(field.get("MustInput") or "0") in ("1", "True", "true"),
            table=key if is_table else "",
        )


def _label(name: Any) -> str:
    """A text, or texts by language."""
    if isinstance(name, list):
        return str(name[0].get("Value") or "") if name else ""
    return str(name or "")
