"""Insight on pages: what the daemon computed last, as tables and as sheets."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from connector.console.pages import insight
from connector.engine import saving
from connector.objects import BusinessObject
from connector.objects.derived import CashForecast, Kitting, SlowStock
from tests.console.factory import Office, text


def computed(desk: Office, object: str, **made: BusinessObject) -> None:
    """As the daemon would have."""
    desk.go()
    system = desk.site.system
    with system.store.transaction() as tx:
        saving.save(system, tx, object, made)


def kits(desk: Office, count: int, complete: int = 0) -> None:
    """An order line each; the first of them can be delivered whole."""
    for n in range(count):
        desk.site.order(f"o{n:03}")
    made: dict[str, BusinessObject] = {
        f"o{n:03}/1": Kitting(record=f"o{n:03}", line="1", material="i-M1", open=Decimal(5),
                              from_stock=Decimal(0), buildable=Decimal(2), complete=n < complete)
        for n in range(count)
    }  # fmt: skip
    computed(desk, "kitting", **made)


def test_what_is_short_is_shown_and_what_is_complete_is_not(desk: Office) -> None:
    kits(desk, 3, complete=1)
    page = text(desk.as_("look").get("/insight/kitting"))
    assert "O001" in page
    assert "O002" in page
    assert "O000" not in page
    asked = text(desk.as_("ops").get("/insight/kitting?number=O000"))
    assert "O000" in asked
    assert "O001" not in asked


def test_pages_follow_each_other_without_missing_any(desk: Office) -> None:
    kits(desk, 230)
    app = desk.serving.app
    seen: list[Any] = []
    after, pages = "", 0
    while pages == 0 or after:
        found = app.computed("kitting", after=after)
        seen += [getattr(one, "record", "") for one in found.answer.records]
        after, pages = found.after, pages + 1
    assert seen == [f"o{n:03}" for n in range(230)]
    assert pages == 3


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_sheet_holds_all_of_it_and_no_formulas(desk: Office, kind: str) -> None:
    kits(desk, 130)
    desk.site.order("o000", number="=HYPERLINK(1)")
    desk.go()
    answer = desk.as_("look").get(f"/insight/kitting/sheet.{kind}")
    assert "attachment" in answer.headers["content-disposition"]
    if kind == "csv":
        assert answer.content.startswith(b"\xef\xbb\xbf"), "Excel takes it for GBK otherwise"
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert not any(cell.startswith("=") for row in rows for cell in row)
    else:
        sheet: Any = load_workbook(io.BytesIO(answer.content)).active
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert len(rows) == 131


def test_a_sheet_that_is_cut_says_so(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insight, "PAGES", 1)
    kits(desk, 130)
    lines = desk.as_("look").get("/insight/kitting/sheet.csv").text.splitlines()
    assert len(lines) == 102
    assert "first 100 records" in lines[-1]


def test_a_chart_shows_what_comes_in_and_goes_out(desk: Office) -> None:
    weeks: dict[str, Any] = {
        f"2026-11-{day}/CNY": CashForecast(week=f"2026-11-{day}", net=Decimal(net))
        for day, net in ((16, 100), (23, -50))
    }
    computed(desk, "cash_forecast", **weeks)
    page = desk.as_("look").get("/insight/cash_forecast").text
    assert 'class="plus" x="90" y="3" width="400"' in page
    assert 'class="minus" x="90" y="25" width="200"' in page


def test_what_it_lacks_is_said_and_what_does_not_exist_is_not_found(desk: Office) -> None:
    computed(
        desk, "slow_stock", **{"i-M1": SlowStock(material="i-M1", number="M1", on_hand=Decimal(7))}
    )
    look = desk.as_("look")
    assert "M1 7" in text(look.get("/insight/slow_stock"))
    assert look.get("/insight/passwords").status_code == 404
    assert look.get("/insight/kitting?number=nobody").status_code == 200
