"""Mappings from a few lines of text, and what reads and writes by them."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connector import yamlfile
from connector.contract import Record
from connector.errors import ConfigError
from connector.mapping.load import Values, parse
from connector.mapping.model import Mapping
from connector.mapping.reading import Reader
from connector.mapping.writing import Writer

CHINA = ZoneInfo("Asia/Shanghai")
NOTHING = Values([])


def mapping(text: str, values: Values = NOTHING, object: str = "sales_order") -> Mapping:
    """A mapping of `object`; `text` is what follows the first three lines."""
    head = f"object: {object}\nform: bill\nkey: id\n"
    return parse(yamlfile.loads(head + text, "m.yaml"), "m.yaml", values)


def problems(text: str, values: Values = NOTHING, object: str = "sales_order") -> list[str]:
    """What is wrong with a mapping, as people read it."""
    try:
        mapping(text, values, object)
    except ConfigError as error:
        return [str(problem) for problem in error.problems]
    return []


def writer(text: str, values: Values = NOTHING, object: str = "sales_order") -> Writer:
    return Writer(mapping(f"write:\n{_indented(text)}", values, object))


def reader(text: str, values: Values = NOTHING, object: str = "customer") -> Reader:
    return Reader(mapping(f"read:\n{_indented(text)}", values, object), CHINA)


def written(text: str, record: dict[str, Any], values: Values = NOTHING) -> dict[str, Any]:
    """The head fields that a rule or two make of a stored order."""
    return writer(text, values)(record).fields


def read(text: str, fields: dict[str, Any], object: str = "customer", **more: Any) -> Any:
    """The business object that a few rules make of a record."""
    return reader(text, more.pop("values", NOTHING), object)(Record("k1", fields, **more))


def tables(directory: Path, **texts: str) -> Values:
    """Value maps from text."""
    for name, text in texts.items():
        (directory / f"{name}.yaml").write_text(text, encoding="utf-8")
    return Values([directory])


def _indented(text: str) -> str:
    return "\n".join("  " + line for line in text.strip("\n").splitlines()) + "\n"
