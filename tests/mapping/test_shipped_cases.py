"""The cases of the shipped mappings hold to the letter: nothing comes out that they do not name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connector.assemble import shipped
from connector.contract import Record
from connector.errors import MappingFault
from connector.mapping.document import Node, canon
from connector.mapping.load import Values, load
from connector.mapping.model import Mapping
from connector.mapping.reading import Reader
from connector.mapping.writing import Writer
from connector.objects import plain
from connector.yamlfile import plain_load

VALUES = Values([shipped() / "values"])
MAPPINGS = sorted(
    path
    for path in shipped().glob("*/*.yaml")
    if path.parent.name not in ("hints", "rules", "values")
)


def cases() -> Iterator[Any]:
    for path in MAPPINGS:
        made = plain_load((shipped() / "cases" / path.parent.name / path.name).read_text("utf-8"))
        for case in made["cases"]:
            yield pytest.param(path, case, id=f"{path.parent.name}/{path.stem}: {case['name']}")


@pytest.mark.parametrize(("path", "case"), list(cases()))
def test_case(path: Any, case: dict[str, Any]) -> None:
    mapping = loaded(path)
    if "read" in case:
        number = str(case["read"].get(mapping.number) or "") if mapping.number else ""
        record, zone = Record("1", case["read"], number), ZoneInfo("Asia/Shanghai")
        try:
            found: Any = plain(Reader(mapping, zone)(record))
        except MappingFault as fault:
            found = {"fault": fault.path}
        assert found == case["object"]
    else:
        assert told(Writer(mapping)(case["object"])) == texts(case["write"])


@cache
def loaded(path: Path) -> Mapping:
    return load(path, VALUES)


def told(node: Node) -> dict[str, Any]:
    """What is written, as a case states it."""
    return texts({name: canon(value) for name, value in node.fields.items()}) | {
        table: {line: told(row) for line, row in rows.items()}
        for table, rows in node.tables.items()
    }


def texts(fields: Any) -> Any:
    if isinstance(fields, dict):
        return {name: texts(value) for name, value in fields.items()}
    return None if fields is None else str(fields)
