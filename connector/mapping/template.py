"""`template: "CRM {number}"`: text with fields in braces, nothing more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connector.contract import is_empty


def names(template: str) -> list[str]:
    """The fields a template needs."""
    return [part.split("}")[0] for part in template.split("{")[1:]]


def filled(template: str, get: Callable[[str], Any]) -> str | None:
    """The text; None where one of its fields is empty."""
    text = template
    for name in dict.fromkeys(names(template)):
        value = get(name)
        if is_empty(value):
            return None
        text = text.replace("{" + name + "}", str(value))
    return text
