"""The shipped mappings: their cases, the example schema that they are for, and the hints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connector import hints
from connector.contract import Record
from connector.mapping.document import Node, canon
from connector.mapping.load import Values, load
from connector.mapping.reading import Reader
from connector.mapping.writing import Writer
from connector.objects import plain
from connector.yamlfile import plain_load

ROOT = Path(__file__).parents[3] / "mappings"
FILES = sorted((ROOT / "sql").glob("*.yaml"))
ZONE = ZoneInfo("Asia/Shanghai")


def mapping(name: str) -> Any:
    return load(ROOT / "sql" / f"{name}.yaml", Values([ROOT / "values"]))


def cases() -> Iterator[Any]:
    for path in FILES:
        made = plain_load((ROOT / "cases/sql" / path.name).read_text("utf-8"))
        for case in made["cases"]:
            yield pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}")


@pytest.mark.parametrize(("name", "case"), list(cases()))
def test_the_cases_hold(name: str, case: dict[str, Any]) -> None:
    if "read" in case:
        number = str(case["read"].get(mapping(name).number) or "")
        made = Reader(mapping(name), ZONE)(Record("1", case["read"], number))
        assert plain(made) == case["object"]
    else:
        assert told(Writer(mapping(name))(case["object"])) == case["write"]


def told(node: Node) -> dict[str, Any]:
    fields = {n: None if v is None else str(canon(v)) for n, v in node.fields.items()}
    return fields | {
        table: {line: told(row) for line, row in rows.items()}
        for table, rows in node.tables.items()
    }


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ('FATAL:  password authentication failed for user "connector"', "IT"),
        ("Access denied for user 'connector'@'10.0.0.9' (using password: YES)", "IT"),
        ("permission denied for table bill", "IT"),
        ('null value in column "no" of relation "bill" violates not-null', "master data"),
        ("Data too long for column 'note' at row 1", "operations"),
        ("Lock wait timeout exceeded; try restarting transaction", "whoever has the document open"),
    ],
)
def test_refusals_are_told_in_plain_words(words: str, who: str) -> None:
    told = hints.Hints([ROOT / "hints/sql.yaml"]).explain(words)
    assert told.who == who
    assert told.words != words
    assert told.do
