"""The shipped mappings fit the sheets that they are made for."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from folder import Folder

from connector.assemble import shipped
from connector.hints import Hints
from connector.mapping.load import Values, load
from connector.mapping.model import Mapping
from connector.mapping.reading import Reader

CHINA = ZoneInfo("Asia/Shanghai")
FILES = sorted(path.stem for path in (shipped() / "files").glob("*.yaml"))


def mapping(name: str) -> Mapping:
    return load(shipped() / "files" / f"{name}.yaml", Values([shipped() / "values"]))


@pytest.mark.parametrize("name", [name for name in FILES if mapping(name).read])
def test_a_sheet_with_the_mapping_s_own_headings_lacks_nothing(folder: Folder, name: str) -> None:
    shape = Reader(mapping(name), CHINA).shape
    rows = [n for table in shape.tables.values() for n in (table.key, *table.fields)]
    headings = list(dict.fromkeys((*shape.key, *shape.fields, *shape.sums, *rows)))
    inbox = folder.root / "in" / shape.form
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / "a.csv").write_text(",".join(headings) + "\n" + ",".join("1" * len(headings)), "utf-8")
    pages = list(folder.adapter.read(shape, None))
    faults = [str(record.fault) for page in pages for record in page.records]
    assert len(faults) == 1
    assert "heading" not in faults[0]
    named = {field.name for field in folder.adapter.describe(shape.form)}
    assert set(headings) <= named


def test_every_hint_proves_itself() -> None:
    assert Hints([shipped() / "hints" / "files.yaml"])
