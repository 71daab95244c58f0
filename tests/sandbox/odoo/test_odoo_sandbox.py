"""What Odoo's protocols are, as the standard library's client and plain requests see them."""

from __future__ import annotations

import xmlrpc.client
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from sandbox.odoo import OdooSandbox, create
from sandbox.odoo.application import DATABASE, KEY, LOGIN
from sandbox.server import Options, Request, from_json, start, to_json
from tests.system.company import SMALL, with_orders

COLUMNS = ["id", "partner_id/.id", "order_line/id", "order_line/product_id/.id",
           "order_line/product_uom_qty"]  # fmt: skip
CELLS = ["__connector__.sale.order/1", "1", "__connector__.sale.order/1/a", "1", "3"]


@pytest.fixture
def odoo() -> OdooSandbox:
    return OdooSandbox(SMALL, side="crm")


def json2(odoo: OdooSandbox, call: str, key: str = KEY, **named: Any) -> tuple[int, Any]:
    """The status and the body of a call."""
    headers = {"authorization": f"bearer {key}", "x-odoo-database": DATABASE}
    answer = odoo.handle(Request("POST", f"/json/2/{call}", headers, to_json(named)))
    return answer.status, from_json(answer.body)


class Older:
    """The standard library's own client, as Odoo's manual uses it."""

    def __init__(
        self, common: xmlrpc.client.ServerProxy, models: xmlrpc.client.ServerProxy
    ) -> None:
        self.common = common
        self.user = common.authenticate(DATABASE, LOGIN, KEY, {})
        self._models = models

    def execute(self, model: str, method: str, *on: Any, **named: Any) -> Any:
        return self._models.execute_kw(DATABASE, self.user, KEY, model, method, list(on), named)


@pytest.fixture
def older(odoo: OdooSandbox) -> Iterator[Older]:
    url, stop = start(odoo)
    common, models = (f"{url}/xmlrpc/2/{service}" for service in ("common", "object"))
    with xmlrpc.client.ServerProxy(common) as one, xmlrpc.client.ServerProxy(models) as other:
        yield Older(one, other)
    stop()


def test_the_standard_library_s_client_reads_and_writes(older: Older) -> None:
    (partner,) = older.execute("res.partner", "search_read", domain=[["ref", "=", "C1"]], fields=[])
    assert older.execute("res.partner", "write", [partner["id"]], vals={"name": "新名"}) is True
    named = [["name", "=", "新名"]]
    (read,) = older.execute("res.partner", "search_read", domain=named, fields=["ref", "street"])
    assert read == {"id": partner["id"], "ref": "C1", "street": False}


def test_who_has_no_key_is_no_user_and_his_calls_are_faults(older: Older) -> None:
    assert older.common.authenticate(DATABASE, LOGIN, "wrong", {}) is False
    older.user = 3
    with pytest.raises(xmlrpc.client.Fault) as nobody:
        older.execute("res.partner", "search_read")
    assert nobody.value.faultCode == 3


@pytest.mark.parametrize(
    ("call", "named", "status", "name"),
    [
        ("res.partner/search_read", {"key": "wrong"}, 401, "werkzeug.exceptions.Unauthorized"),
        ("res.partners/search_read", {}, 404, "werkzeug.exceptions.NotFound"),
        ("res.partner/search_read", {"fields": ["colour"]}, 500, "builtins.ValueError"),
        ("res.partner/write", {"ids": [99], "vals": {}}, 404, "odoo.exceptions.MissingError"),
        ("ir.model.data/search_read", {}, 403, "odoo.exceptions.AccessError"),
    ],
)
def test_json2_says_by_status_and_name_what_was_refused(
    odoo: OdooSandbox, call: str, named: dict[str, Any], status: int, name: str
) -> None:
    answered, told = json2(odoo, call, **named)
    assert (answered, told["name"]) == (status, name)


def test_what_is_imported_twice_under_one_mark_is_there_once_with_its_rows(
    odoo: OdooSandbox,
) -> None:
    kept = {"context": {"mode": "update", "noupdate": True}}
    for _ in range(2):
        told = json2(odoo, "sale.order/load", fields=COLUMNS, data=[CELLS], **kept)
        assert told == (200, {"ids": [1], "messages": [], "nextrow": 0})
    assert [len(order["order_line"]) for order in odoo.records("sale.order")] == [1]


def test_an_import_that_fails_says_so_under_200(odoo: OdooSandbox) -> None:
    status, told = json2(odoo, "sale.order/load", fields=COLUMNS, data=[[*CELLS[:3], "99", "3"]])
    assert (status, told["ids"], told["messages"][0]["type"]) == (200, False, "error")
    assert odoo.records("sale.order") == []


def test_it_may_be_filled_as_the_crm_or_as_the_erp() -> None:
    company = with_orders(2, date(2026, 11, 20))
    crm, erp = (create(company, Options(side=side)) for side in ("crm", "erp"))
    assert [order["name"] for order in crm.records("sale.order")] == ["SO-0001", "SO-0002"]
    assert erp.records("sale.order") == []
