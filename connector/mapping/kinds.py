"""What kind of value each field of a business object holds, read off its declaration."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import AwareDatetime

from connector.objects.base import Part

SCALARS: dict[type, str] = {
    str: "text",
    Decimal: "number",
    date: "date",
    datetime: "instant",
    bool: "bool",
    int: "whole",
}


@cache
def kinds(model: type[Part]) -> dict[str, str | type[Part]]:
    """`{field: kind}`; a list of parts gives the part's class. `custom` is left out."""
    found: dict[str, str | type[Part]] = {}
    for name, info in model.model_fields.items():
        kind = _kind(info.annotation)
        if kind and name != "custom":
            found[name] = kind
    return found


@cache
def defaults(model: type[Part]) -> dict[str, Any]:
    """`{field: default}` of the fields that have a default other than empty."""
    return {
        name: info.default
        for name, info in model.model_fields.items()
        if not info.is_required() and info.default not in (None, "", ()) and name != "custom"
    }


def _kind(annotation: Any) -> str | type[Part] | None:
    origin = typing.get_origin(annotation)
    if origin is tuple:
        inner = typing.get_args(annotation)[0]
        if isinstance(inner, type) and issubclass(inner, Part):
            return inner
        return "list"
    if origin in (typing.Union, types.UnionType):
        args = [a for a in typing.get_args(annotation) if a is not type(None)]
        return _kind(args[0])
    if origin is typing.Annotated:
        return _kind(typing.get_args(annotation)[0])
    if annotation is AwareDatetime:
        return "instant"
    return SCALARS.get(annotation) if isinstance(annotation, type) else None


FROM_JSON: dict[str, Callable[[Any], Any]] = {
    "number": Decimal,
    "date": date.fromisoformat,
    "instant": datetime.fromisoformat,
}
"""How values stored as JSON become values again; others are what they are."""
