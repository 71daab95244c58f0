"""The JSON Schema that editors use says the same as the loader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connector import yamlfile
from connector.mapping.coding import spots
from connector.mapping.level import needed
from connector.mapping.load import EACH_WORDS, READ_WORDS, TOP, WORDS, Values, load
from connector.mapping.model import Mapping
from connector.mapping.schema import schema
from connector.messages import CATALOGUE
from tests.mapping.build import problems

SHIPPED = Path(__file__).parents[2] / "mappings"
FILES = sorted(
    path
    for path in SHIPPED.glob("*/*.yaml")
    if path.parent.name not in ("values", "hints", "cases", "rules")
)
WHOLE = schema()
TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "integer": int, "boolean": bool,
    "number": (int, float),
}  # fmt: skip


def valid(value: Any, rules: Any) -> bool:
    """As much of JSON Schema as our schema uses; an unknown word fails loudly."""
    known = {
        "$ref": lambda ref: valid(value, WHOLE["$defs"][ref.rpartition("/")[2]]),
        "type": lambda kinds: any(
            isinstance(value, TYPES[kind]) and (kind == "boolean") == isinstance(value, bool)
            for kind in ([kinds] if isinstance(kinds, str) else kinds)
        ),
        "not": lambda inner: not valid(value, inner),
        "enum": lambda options: value in options,
        "anyOf": lambda options: any(valid(value, option) for option in options),
        "oneOf": lambda options: sum(valid(value, option) for option in options) == 1,
        "required": lambda names: not isinstance(value, dict) or set(names) <= set(value),
        "minimum": lambda least: value >= least,
        "maximum": lambda most: value <= most,
        "items": lambda inner: not isinstance(value, list) or all(valid(v, inner) for v in value),
        "properties": lambda inner: (
            not isinstance(value, dict)
            or all(valid(value[name], inner[name]) for name in value if name in inner)
        ),
        "additionalProperties": lambda inner: (
            not isinstance(value, dict)
            or all(
                inner is not False and valid(value[name], inner)
                for name in value
                if name not in rules.get("properties", {})
            )
        ),
    }
    ignored = {"$schema", "title", "$defs", "description"}
    return all(known[word](rule) for word, rule in rules.items() if word not in ignored)


def plain(text: str) -> Any:
    return yamlfile.to_plain(yamlfile.loads("object: sales_order\nform: f\nkey: id\n" + text))


def test_there_are_shipped_mappings_to_check() -> None:
    assert len(FILES) >= 15


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_shipped_mapping_is_accepted_by_loader_and_schema(path: Path) -> None:
    made = load(path, Values([SHIPPED / "values"]))
    assert valid(yamlfile.to_plain(yamlfile.load(path)), WHOLE)
    assert [name for name in ours(made) if f"called_{name}" not in CATALOGUE] == []


def ours(mapping: Mapping) -> set[str]:
    """Our fields that it names, which people read of in plain words."""
    written = (name for spot in spots(mapping.write) for name in needed(spot.rule))
    names = {*written, *(spot.rule.target for spot in spots(mapping.read))}
    plain = {name.removeprefix("record.") for name in names}
    return {name for name in plain if not name.startswith("custom.")}


def test_the_schema_knows_the_words_that_the_loader_knows() -> None:
    assert set(WHOLE["properties"]) == TOP
    found = {name: set(part["properties"]) for name, part in WHOLE["$defs"].items()}
    assert (found["write_rule"], found["read_rule"]) == (WORDS, READ_WORDS)
    assert found["write_each"] == found["read_each"] == EACH_WORDS


@pytest.mark.parametrize(
    "text",
    [
        "nubmer: no\n",
        "until: printed\n",
        "on_change: [never]\n",
        "reference: {unique: true}\n",
        "write: [a]\n",
        "write: {a: 5}\n",
        "write: {a: {from: number, value: 1}}\n",
        "read: {number: {from: n, on: create}}\n",
        "read: {number: {from: n, link: customer}}\n",
        "write: {a: {on: create}}\n",
        "write: {a: {from: number, on: update}}\n",
        "write: {a: {from: number, scale: cents}}\n",
        "write: {a: {from: number, type: integer}}\n",
        "write: {a: {from: number, empty: drop}}\n",
        "write: {a: {from: number, missing: later}}\n",
        "write: {a: {call: shout}}\n",
        "write: {t: {each: lines, fields: {}}}\n",
        "write: {t: {each: lines, key: id, fields: {a: 5}}}\n",
        "read: {lines: {each: {form: x}, key: id, fields: {}}}\n",
    ],
)
def test_what_the_loader_refuses_the_editor_marks(text: str) -> None:
    assert problems(text)
    assert not valid(plain(text), WHOLE)


@pytest.mark.parametrize(
    "text",
    [
        "until: saved\nnumber: no\nreference: {field: r, unique: true}\nsums: [a, b]\n",
        "usable: a == 1\nopen: b\noptions: {x: [1]}\naccept: p1\non_change: [unaudit, ask]\n",
        "write: {a: number, b: {value: true}, c: {expr: discount * 2, scale: 3}}\n",
        "write: {a: {call: join, from: [number, status]}}\n",
        "write: {a: {from: [number, kind], link: customer, scope: kind}}\n",
        "write: {a: {from: special_terms, max_bytes: 9, cut: 3, empty: clear, else: [kind]}}\n",
        "write: {t: {each: lines, key: id, when: kind == 'x', fields: {a: note}}}\n",
        "read: {lines: {each: {form: x, by: y}, key: id, fields: {note: n}}}\n",
    ],
)
def test_what_the_loader_takes_the_editor_takes(text: str) -> None:
    assert problems(text) == []
    assert valid(plain(text), WHOLE)
