"""The JSON Schema of mapping files, so that editors complete and check while people type."""

from __future__ import annotations

from typing import Any

from connector.mapping.functions import FUNCTIONS
from connector.mapping.load import CHANGES, ORIGINS, READ_WORDS, STEPS, TYPES, WORDS
from connector.objects import OBJECTS, money

Schema = dict[str, Any]

_NAMES: Schema = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_TEXT: Schema = {"type": "string"}


def schema() -> Schema:
    """Draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A mapping of the connector",
        "type": "object",
        "additionalProperties": False,
        "required": ["object", "form", "key"],
        "properties": {
            "object": {"enum": list(OBJECTS)},
            "form": _TEXT,
            "key": _NAMES,
            "number": _TEXT,
            "reference": {"anyOf": [_TEXT, _reference()]},
            "onto": {"anyOf": [_TEXT, _onto()]},
            "until": {"enum": list(STEPS)},
            "on_change": {"type": "array", "items": {"enum": list(CHANGES)}},
            "accept": _NAMES,
            "usable": _TEXT,
            "open": _TEXT,
            "sums": _NAMES,
            "options": {"type": "object"},
            "read": _side("read"),
            "write": _side("write"),
        },
        "$defs": {
            "read_rule": _rule(READ_WORDS),
            "read_each": _each("read"),
            "write_rule": _rule(WORDS),
            "write_each": _each("write"),
        },
    }


def _reference() -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["field"],
        "properties": {"field": _TEXT, "unique": {"type": "boolean"}},
    }


def _onto() -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["from", "link"],
        "properties": {"from": _TEXT, "link": {"enum": list(OBJECTS)}},
    }


def _side(side: str) -> Schema:
    anything = [_TEXT, {"$ref": f"#/$defs/{side}_rule"}, {"$ref": f"#/$defs/{side}_each"}]
    return {"type": "object", "additionalProperties": {"anyOf": anything}}


def _rule(words: set[str]) -> Schema:
    scale = {
        "anyOf": [
            {"enum": ["money", "price", "quantity"]},
            {"type": "integer", "minimum": 0, "maximum": money.MOST_DIGITS},
        ]
    }
    properties: Schema = {
        "from": _NAMES,
        "value": {},
        "template": _TEXT,
        "expr": _TEXT,
        "call": {"enum": list(FUNCTIONS)},
        "else": _NAMES,
        "when": _TEXT,
        "link": _TEXT,
        "scope": _TEXT,
        "map": _TEXT,
        "type": {"enum": list(TYPES)},
        "scale": scale,
        "cut": {"type": "integer", "minimum": 1},
        "max_bytes": {"type": "integer", "minimum": 1},
        "empty": {"enum": ["clear", "leave"]},
        "on": {"enum": ["always", "create", "check"]},
        "missing": {"enum": ["wait", "fail", "default"]},
        "default": {},
        "reads_as": _TEXT,
        "tolerance": {"type": ["number", "string"]},
    }
    origins = [{"required": [origin]} for origin in ORIGINS if origin != "from"]
    only_from = {"required": ["from"], "not": {"required": ["call"]}}
    return {
        "type": "object",
        "additionalProperties": False,
        "oneOf": [only_from, *origins],
        "properties": {name: properties[name] for name in properties if name in words},
    }


def _each(side: str) -> Schema:
    other = {
        "type": "object",
        "additionalProperties": False,
        "required": ["form", "by"],
        "properties": {"form": _TEXT, "by": _TEXT},
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["each", "key", "fields"],
        "properties": {
            "each": {"anyOf": [_TEXT, other]},
            "key": _TEXT,
            "when": _TEXT,
            "fields": _side(side),
        },
    }
