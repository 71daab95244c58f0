"""What tells of people at a customer is forgotten, wherever it was kept; the rest stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from connector.app import App
from connector.objects import OBJECTS
from connector.objects.sights import PERSONAL
from connector.settings import Config, ConfigFile
from connector.store import forgetting, journal
from connector.store.tables import changes, metadata
from tests.engine.factory import MAPPINGS, Site, line, site

PHONE, NAME = "13812345678", "李小龙"
CRM = MAPPINGS["crm/sales_order"].replace(
    "  status: status\n", "  status: status\n  ship_to_contact: contact\n  ship_to_phone: phone\n"
)
ERP = MAPPINGS["erp/sales_order"].replace("  note: {from", "  phone: ship_to_phone\n  note: {from")


@pytest.fixture
def shop(tmp_path: Path, store_url: str) -> Iterator[Site]:
    with site(tmp_path, store_url) as made:
        made.mappings |= {"crm/sales_order": CRM, "erp/sales_order": ERP}
        made.customer()
        made.customer("c2")
        made.material()
        yield made.start()


def everything(shop: Site) -> str:
    """All that the store holds, as text."""
    with shop.system.store.reading() as tx:
        rows = [dict(row._mapping) for table in metadata.sorted_tables
                for row in tx.execute(select(table))]  # fmt: skip
    return json.dumps(rows, ensure_ascii=False, default=str)


def app(shop: Site) -> App:
    config: Config = ConfigFile(shop.directory / "config.yaml").config
    return App(shop.system, config, "op")


def test_names_and_phones_are_gone_from_everywhere_and_the_audit_is_whole(shop: Site) -> None:
    shop.order("o1", [line("1")], contact=NAME, phone=PHONE)
    shop.order("o2", [line("1")], contact="别人", phone="13900000000", customer="c2")
    shop.sync()
    shop.order("o1", [line("1")], contact=f"{NAME}先生", phone=PHONE, note="改")
    shop.sync()
    with shop.system.store.transaction() as tx:
        journal.log_audit(tx, 1.0, "op", "retry", {"keys": ["o1"], "why": PHONE})
    assert PHONE in everything(shop)
    done = app(shop).forget("C1")
    assert done.records == 2
    left = everything(shop)
    assert [one for one in (PHONE, NAME) if one in left] == []
    assert "13900000000" in left
    assert app(shop).verify_audit().broken == ()
    assert len(shop.bills()) == 2


def test_what_is_forgotten_is_not_written_over_what_stands_in_the_erp(shop: Site) -> None:
    shop.order("o1", [line("1")], contact=NAME, phone=PHONE)
    shop.sync()
    app(shop).forget("C1")
    commits = shop.commits()
    shop.sync()
    assert shop.commits() == commits
    assert shop.bills()[0]["phone"] == PHONE


def test_history_is_aged_and_what_tells_of_nobody_stays(shop: Site) -> None:
    shop.order("o1", [line("1")], contact=NAME, phone=PHONE)
    shop.sync()
    shop.order("o1", [line("1")], contact="王", phone="1", note="改")
    shop.sync()
    now = shop.clock.now().timestamp()
    with shop.system.store.transaction() as tx:
        assert forgetting.age(tx, now - 100, PERSONAL) == 0
        assert forgetting.age(tx, now + 100, PERSONAL) >= 1
        diffs = [row.diff for row in tx.execute(select(changes).where(changes.c.key == "o1"))]
    assert PHONE not in "".join(diffs)
    assert any("special_terms" in diff for diff in diffs)


def test_every_kind_of_record_says_what_tells_of_people() -> None:
    assert {"mobile", "email", "name"} <= PERSONAL["contact"]
    assert {"ship_to_phone", "ship_to_contact", "ship_to_address"} <= PERSONAL["sales_order"]
    assert {"phone", "contact", "text"} <= PERSONAL["customer"]
    assert set(PERSONAL) <= set(OBJECTS)
