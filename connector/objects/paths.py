"""Fields of stored records by their paths: `wanted_date`, `custom.colour`, `lines[L1].material`.

A line is named by its key, which stays its own wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from connector.errors import MappingFault
from connector.messages import say

_PATH = re.compile(r"(?:(?P<part>\w+)\[(?P<key>[^\[\]]+)\]\.)?(?P<own>custom\.)?(?P<name>.+)")


def value_at(values: Mapping[str, Any], path: str) -> Any:
    """What a stored record holds there; None: nothing, or there is no such line."""
    part, key, own, name = _steps(path)
    inner: Mapping[str, Any] = values
    if part:
        inner = next((one for one in values.get(part) or () if one.get("id") == key), {})
    return (inner.get("custom") or {} if own else inner).get(name)


def laid_over(values: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """A stored record with these values in the place of its own, by path. Lines that are not there
    are not made."""
    made = dict(values)
    for path, value in given.items():
        part, key, own, name = _steps(path)
        if part:
            lines = made.get(part) or ()
            made[part] = [_set(one, own, name, value) if one.get("id") == key else one
                          for one in lines]  # fmt: skip
        else:
            made = _set(made, own, name, value)
    return made


def scalars(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The path and value of every plain field that a record has, lines included."""
    yield from ((name, value) for name, value in values.items() if not _many(value))
    yield from ((f"custom.{name}", value) for name, value in (values.get("custom") or {}).items()
                if not _many(value))  # fmt: skip
    for part, lines in values.items():
        for line in lines if isinstance(lines, list) else ():
            if isinstance(line, dict) and line.get("id"):
                yield from ((f"{part}[{line['id']}].{name}", value)
                            for name, value in line.items() if not _many(value))  # fmt: skip


def labelled(path: str, lines: Mapping[str, str]) -> str:
    """A path as people read it: a line by its number, `{key: number}`."""
    part, key, _, _ = _steps(path)
    return path.replace(f"[{key}]", f"[{lines.get(key, key)}]", 1) if part else path


def field_of(path: str) -> str:
    """The name of the field itself, wherever it stands."""
    return _steps(path)[3]


def written(kind: Any, path: str, text: str) -> Any:
    """A value as people write it, as a stored record holds it. Raises MappingFault."""
    try:
        if kind == "date":
            return date.fromisoformat(text).isoformat()
        if kind == "number":
            return format(Decimal(text), "f")
        if kind == "whole":
            return int(text)
    except (ValueError, InvalidOperation):
        raise MappingFault(path, say("bad_value", name=path, value=text)) from None
    return text


def _set(values: Mapping[str, Any], own: bool, name: str, value: Any) -> dict[str, Any]:
    if own:
        return {**values, "custom": {**(values.get("custom") or {}), name: value}}
    return {**values, name: value}


def _many(value: Any) -> bool:
    return isinstance(value, list | dict)


def _steps(path: str) -> tuple[str, str, bool, str]:
    found = _PATH.fullmatch(path)
    assert found is not None, path
    return found["part"] or "", found["key"] or "", bool(found["own"]), found["name"]
