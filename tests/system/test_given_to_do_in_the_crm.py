"""What a rule gives a salesperson to do stands in the CRM that they work in, with the order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.system.site import Site, opened, sold
from tests.system.test_insight import COMPANY

TODO = {
    "on": "delivery_status",
    "when": 'flow == "orders" and state == "stopped"',
    "todo": {"to": "salesperson", "days": 2, "title": "{{ order.number }} 没有进 ERP",
             "text": "{{ reason }}"},
}  # fmt: skip


@pytest.fixture
def giving(tmp_path: Path) -> Iterator[Site]:
    with opened(tmp_path, COMPANY) as site:
        with site.settings() as config:
            config["rules"] = {"stopped": TODO}
        yield site


def todos(site: Site) -> list[dict[str, Any]]:
    return list(site.crm.records("erp_todo__c"))


def follow(site: Site) -> None:
    """As the daemon does, whose work goes on where that of a run ended."""
    site.try_sync()
    site.app.system.stopping.clear()
    site.app.follow_rules()
    site.try_sync()


def test_an_order_that_stopped_is_its_owner_s_to_do_until_it_goes(giving: Site) -> None:
    number = giving.order(sold("M1", 5), remark="太长的备注" * 60)
    follow(giving)
    order = giving.crm_order(number)
    (todo,) = todos(giving)
    assert todo["name"] == f"{number} 没有进 ERP"
    assert "255" in todo["text__c"]
    assert (todo["owner"], todo["order__c"]) == (order["owner"], order["_id"])
    assert todo["account__c"] == order["account_id"]
    assert not todo.get("done__c")
    giving.in_crm("edit", number=number, fields={"remark": "短"})
    follow(giving)
    (todo,) = todos(giving)
    assert todo["done__c"] is True
    assert giving.bills(number)
