"""The JSON Schema of mapping files, so that editors complete and check while people type."""

from __future__ import annotations

from typing import Any

from connector.mapping.functions import FUNCTIONS
from connector.mapping.load import CHANGES, ORIGINS, STEPS, TYPES
from connector.objects import OBJECTS

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
            "onto": _TEXT,
            "until": {"enum": list(STEPS)},
            "on_change": {"type": "array", "items": {"enum": list(CHANGES)}},
            "accept": _NAMES,
            "usable": _TEXT,
            "open": _TEXT,
            "sums": _NAMES,
            "options": {"type": "object"},
            "read": _side(),
            "write": _side(),
        },
        "$defs": {"rule": _rule(), "each": _each()},
    }


def _reference() -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["field"],
        "properties": {"field": _TEXT, "unique": {"type": "boolean"}},
    }


def _side() -> Schema:
    anything = [_TEXT, {"$ref": "#/$defs/rule"}, {"$ref": "#/$defs/each"}]
    return {"type": "object", "additionalProperties": {"anyOf": anything}}


def _rule() -> Schema:
    scale = {"anyOf": [{"enum": ["money", "price", "quantity"]}, {"type": "integer"}]}
    return {
        "type": "object",
        "additionalProperties": False,
        "oneOf": [{"required": [origin]} for origin in ORIGINS],
        "properties": {
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
        },
    }


def _each() -> Schema:
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
            "fields": _side(),
        },
    }
