"""The demo's picture and its end: what a newcomer sees of two systems."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest
from rich.console import Console

from connector.cli.demo import site, verdict
from connector.cli.demo.people import Events
from connector.cli.demo.picture import Picture
from connector.cli.output import Screen
from connector.messages import set_language

DONE, DOUBT, WAITING = "已进ERP", "核实中", "等待中"


class Door:
    """A sandbox's side door, open onto the records at hand."""

    url = ""

    def __init__(self, **records: list[Any]) -> None:
        self._records = records

    def records(self, form: str) -> list[Any]:
        return self._records.get(form, [])


def order(number: str, state: str, **fields: Any) -> dict[str, Any]:
    return {
        "_id": f"key-{number}",
        "name": number,
        "account_id": "a1",
        "order_amount": "1234.5",
        "erp_state__c": state,
        **fields,
    }


def bill(number: str, status: str = "C") -> dict[str, Any]:
    return {"F_CRM_Ref": f"crm:key-{number}", "FBillNo": number, "FDocumentStatus": status}


@pytest.fixture
def picture() -> Picture:
    return Picture(Events(), time.monotonic() + 40)


def look(picture: Picture, orders: list[Any], bills: list[Any]) -> None:
    crm = Door(SalesOrderObj=orders, AccountObj=[{"_id": "a1", "name": "海湾电器"}])
    picture.look(crm, Door(SAL_SaleOrder=bills))  # type: ignore[arg-type]


def drawn(picture: Picture, width: int = 100, height: int = 40) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width, height=height).print(picture.drawn(width, height))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_an_order_is_a_row_from_the_crm_to_the_erp_and_back(picture: Picture) -> None:
    made = {"erp_production__c": "已上生产线", "erp_produced__c": "12.0000"}
    look(picture, [order("SO-1", DONE, **made)], [bill("SO-1")])
    (row,) = [line for line in drawn(picture) if line.startswith("SO-1")]
    assert row.split()[:6] == ["SO-1", "海湾电器", "1,234.50", "✓", "audited", "12"]
    assert row.endswith("in the ERP · in production")


def test_an_order_that_waits_says_why_and_for_whom(picture: Picture) -> None:
    look(picture, [order("SO-1", WAITING, erp_reason__c="没有业务员", erp_who__c="销售")], [])
    (row,) = [line for line in drawn(picture) if line.startswith("SO-1")]
    assert row.split() == ["SO-1", "没有业务员", "→", "销售"]


def test_of_many_that_wait_for_the_same_one_is_enough(picture: Picture) -> None:
    same = [order(f"A-{n}", WAITING, erp_reason__c="审批", erp_who__c="x") for n in range(9)]
    look(picture, [*same, order("B-1", WAITING, erp_reason__c="其他", erp_who__c="y")], [])
    assert any(line.startswith("B-1") for line in drawn(picture))


def test_an_answer_that_was_lost_and_found_again_is_told(picture: Picture) -> None:
    look(picture, [order("SO-1", DOUBT)], [bill("SO-1", "A")])
    look(picture, [order("SO-1", DONE)], [bill("SO-1")])
    told = [line for line in drawn(picture) if "SO-1" in line and ":" in line[:9]]
    assert ["Trouble" in told[0], "Found" in told[1]] == [True, True]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width, height", [(80, 24), (100, 40), (200, 60)])
def test_the_picture_fits_the_terminal(
    picture: Picture, width: int, height: int, lang: str
) -> None:
    set_language(lang)
    reason = {
        "erp_reason__c": "等待：客户 C00147 台州澜川自动化设备有限公司",
        "erp_who__c": "基础资料管理员",
    }
    orders = [order(f"20261126-{n:06}", DONE) for n in range(50)]
    orders += [order(f"20261125-{n:06}", WAITING, **reason, order_amount=n) for n in range(9)]
    look(picture, orders, [bill(f"20261126-{n:06}") for n in range(50)])
    for n in range(20):
        picture._events.tell("demo_sold", number=f"20261126-{n:06}")
    lines = drawn(picture, width, height)
    assert len(lines) <= height
    assert sum(line.startswith("20261126") for line in lines) >= 4


# -- the end ------------------------------------------------------------------------------------

GOOD = {
    "ok": True, "arrived": 2, "explained": 1, "lines": 3, "amount": "1234.50", "told": 2, "made": 1,
    "lost": [], "doubled": [], "different": [], "untold": [], "unexpected": [],
}  # fmt: skip


def shown(**changes: Any) -> str:
    out = io.StringIO()
    verdict.show(Screen(out), {**GOOD, **changes})
    return out.getvalue()


def test_a_good_end_names_every_claim_with_its_figure() -> None:
    text = shown()
    assert text.count("✓") == 4
    assert "1,234.50" in text
    assert "✗" not in text


@pytest.mark.parametrize("fault", ["lost", "doubled", "different", "untold", "unexpected"])
def test_a_bad_end_names_every_case(fault: str) -> None:
    text = shown(ok=False, **{fault: ["SO-7 (why)"]})
    assert "SO-7 (why)" in text
    assert "✓" not in text


def test_a_demo_in_which_nothing_arrived_is_no_success() -> None:
    assert "Not one order" in shown(ok=False, arrived=0)


@pytest.fixture(autouse=True)
def as_it_was() -> Any:
    yield
    set_language("en")


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without asking it")
def test_whoever_ends_the_demo_ends_all_that_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[subprocess.Popen[Any]] = []

    def systems(started: list[subprocess.Popen[Any]]) -> dict[str, Any]:
        started.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]))
        begun.extend(started)
        os.kill(os.getpid(), signal.SIGTERM)
        return {}

    monkeypatch.setattr(site, "_systems", systems)
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), site.opened(keep=False):
        pass
    assert begun[0].poll() is not None
    assert signal.getsignal(signal.SIGTERM) == before
