"""The closed catalogue of functions that `call` may name.

Each takes the values of the rule's `from` fields, in order, and returns one value. Further
ones are registered under the entry-point group `connector.functions`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

from connector.contract import is_empty


def join(*values: Any) -> str:
    """Everything that is not empty, separated by spaces."""
    return " ".join(str(value) for value in values if not is_empty(value))


def digits(*values: Any) -> str:
    """Only the digits of the first value: a phone number without its decoration."""
    return "".join(filter(str.isdigit, str(values[0] or ""))) if values else ""


def lines(*values: Any) -> str:
    """Everything that is not empty, each on a line of its own."""
    return "\n".join(str(value) for value in values if not is_empty(value))


def _registered() -> dict[str, Callable[..., Any]]:
    own = {"join": join, "digits": digits, "lines": lines}
    return own | {entry.name: entry.load() for entry in entry_points(group="connector.functions")}


FUNCTIONS: dict[str, Callable[..., Any]] = _registered()
