"""What changed in a business object, field by field: pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Diff = dict[str, list[Any]]
"""`{field: [before, after]}`; lines by their id: `lines.ID.field`."""


def diff(before: Mapping[str, Any], after: Mapping[str, Any], prefix: str = "") -> Diff:
    """The fields whose values differ; a missing field is None."""
    found: Diff = {}
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if _is_lines(old) or _is_lines(new):
            found.update(_lines(old or [], new or [], f"{prefix}{name}."))
        elif isinstance(old, dict) and isinstance(new, dict):
            found.update(diff(old, new, f"{prefix}{name}."))
        else:
            found[prefix + name] = [old, new]
    return found


def _is_lines(value: Any) -> bool:
    return bool(value) and isinstance(value, list) and isinstance(value[0], dict)


def _lines(old: list[Any], new: list[Any], prefix: str) -> Diff:
    before = {str(line.get("id", n)): line for n, line in enumerate(old)}
    after = {str(line.get("id", n)): line for n, line in enumerate(new)}
    found: Diff = {}
    for key in {**before, **after}:
        if key in before and key in after:
            found.update(diff(before[key], after[key], f"{prefix}{key}."))
        else:
            found[prefix + key] = [before.get(key), after.get(key)]
    return found
