"""What pydantic says of a wrong value, in our words and both languages.

Our own validators raise `ValueError(say(…))`; their sentence is passed on as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from connector.errors import Problem, Words
from connector.messages import Message, say

_PLAIN = {
    "int_parsing": "need_whole",
    "int_from_float": "need_whole",
    "int_type": "need_whole",
    "float_parsing": "need_number",
    "float_type": "need_number",
    "bool_parsing": "need_bool",
    "bool_type": "need_bool",
    "string_type": "need_text",
    "tuple_type": "need_list",
    "list_type": "need_list",
    "dict_type": "need_settings",
    "model_type": "need_settings",
    "date_type": "need_date",
    "date_parsing": "need_date",
    "date_from_datetime_parsing": "need_date",
    "date_from_datetime_inexact": "need_date",
}
"""Kinds of complaint that need no parameter, and our sentence for them."""

_LIMITS = {
    "greater_than_equal": ("need_least", "ge"),
    "less_than_equal": ("need_most", "le"),
    "greater_than": ("need_more", "gt"),
}


def sentence(item: Mapping[str, Any]) -> Words:
    """One of `ValidationError.errors()` as what a person should write instead."""
    kind, context = str(item["type"]), item.get("ctx") or {}
    if kind in _PLAIN:
        return say(_PLAIN[kind])
    if kind in _LIMITS:
        id, limit = _LIMITS[kind]
        return say(id, limit=context[limit])
    if kind == "literal_error":
        return say("need_choice", known=str(context["expected"]).replace(" or ", ", "))
    return own(context.get("error")) or str(item["msg"])


def problems(
    error: ValidationError, prefix: tuple[Any, ...], place: Callable[[tuple[Any, ...]], str]
) -> list[Problem]:
    """All of them with their places; `prefix` leads to what was validated."""
    return [_problem(item, prefix, place) for item in error.errors(include_url=False)]


def _problem(
    item: Any, prefix: tuple[Any, ...], place: Callable[[tuple[Any, ...]], str]
) -> Problem:
    path = (*prefix, *(part for part in item["loc"] if part != "[key]"))
    name = ".".join(str(part) for part in path)
    if item["type"] == "extra_forbidden":
        return Problem(place(path), say("unknown_setting", name=name))
    if item["type"] == "missing":
        return Problem(place(path), say("missing_setting", name=name))
    detail, given = sentence(item), item.get("input")
    if isinstance(given, dict | list):  # not repeated: it may hold secrets
        return Problem(place(path), say("bad_settings", name=name, detail=detail))
    value = str(given)[:80]
    return Problem(place(path), say("bad_setting", name=name, value=value, detail=detail))


def own(error: object) -> Message | None:
    """The sentence that a validator of ours raised; None if it is somebody else's error."""
    said = error.args[0] if isinstance(error, ValueError) and error.args else None
    return said if isinstance(said, Message) else None
