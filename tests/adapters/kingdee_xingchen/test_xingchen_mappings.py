"""The shipped mappings: the way into Xingchen and back, and the live forms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from xingchen_site import ORDER, Site, opened

from connector.mapping import naming
from connector.mapping.load import Values, load
from connector.mapping.naming import Named
from connector.mapping.reading import Reader
from connector.operations.forms import lacking

ROOT = Path(__file__).parents[3] / "mappings"
NAMES = sorted(path.stem for path in (ROOT / "kingdee_xingchen").glob("*.yaml"))
ZONE = ZoneInfo("Asia/Shanghai")
UNSEEN = ("goods_return",)
"""Nobody makes one in the simulated system."""


def mapping(name: str) -> Any:
    return load(ROOT / "kingdee_xingchen" / f"{name}.yaml", Values([ROOT / "values"]))


@pytest.fixture(scope="module")
def busy() -> Iterator[Site]:
    """An account set with a record of every form."""
    with opened() as site:
        site.order()
        site.people("make_production_order", order="crm:1")
        site.people("ship", order="crm:1", waybill="SF1")
        site.people("take_payment", customer="C0007", amount=10, order="crm:1")
        yield site


def named_by(name: str) -> list[Named]:
    made = mapping(name)
    read, written = made.read is not None, made.write is not None
    return [*(naming.read(made) if read else ()), *(naming.written(made) if written else ())]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in UNSEEN])
def test_the_forms_have_what_the_mappings_name(busy: Site, name: str) -> None:
    assert lacking(busy.erp, named_by(name)) == (True, {})


def test_a_field_that_is_not_there_is_told_with_the_nearest_ones(busy: Site) -> None:
    one = next(one for one in named_by("sales_order") if one.field == "contact_linkman")
    _, problems = lacking(busy.erp, [one._replace(field="contact_linkmen")])
    assert "contact_linkman" in str(problems[ORDER, "contact_linkmen"])


@pytest.mark.parametrize("name", [name for name in NAMES if name not in UNSEEN])
def test_every_form_is_read_by_its_mapping(busy: Site, name: str) -> None:
    reader = Reader(mapping(name), ZONE)
    records = [one for page in busy.erp.read(reader.shape, None) for one in page.records]
    assert records
    for record in records:
        made: Any = reader(record)
        assert all(line.material for line in getattr(made, "lines", ()))
