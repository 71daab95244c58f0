"""Reports on pages: as tables, as sheets, for programs, and for whom."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from connector.console.web import make
from connector.derive.reports import REPORTS
from connector.engine import saving
from connector.objects import BusinessObject
from connector.objects.derived import OpenDue
from connector.objects.sales import OrderBacklog, SalespersonDebt, SalespersonMonth
from connector.store import journal
from tests.console.factory import Office, text

SEES = "sees: {reports: [finance]}\n"


@pytest.fixture
def sold(desk: Office) -> Office:
    """This month's figures, as the daemon would have reckoned them."""
    desk.start(SEES)
    desk.go()
    today = date.fromtimestamp(desk.site.clock.now().timestamp())
    month = today.replace(day=1)
    last = month.replace(year=month.year - 1)
    made: dict[str, dict[str, BusinessObject]] = {
        "salesperson_month": {
            "1": SalespersonMonth(month=month, salesperson="E1", ordered=Decimal("1234567.5"),
                                  received=Decimal(70), promised=4, on_time=3),
            "2": SalespersonMonth(month=last, salesperson="E1", ordered=Decimal(1000000)),
            "3": SalespersonMonth(month=month, salesperson="<b>E2</b>", ordered=Decimal(-5)),
        },
        "order_backlog": {"1": OrderBacklog(week=month, orders=2, amount=Decimal(400))},
        "salesperson_debt": {"1": SalespersonDebt(
            dues=(OpenDue(due_on=date(2020, 1, 1), amount=Decimal(50)),))},
    }  # fmt: skip
    system = desk.site.system
    with system.store.transaction() as tx:
        for object, records in made.items():
            saving.save(system, tx, object, records)
    return desk


def test_each_report_is_a_page_whose_figures_people_can_read(sold: Office) -> None:
    fin = sold.as_("fin")
    sales = text(fin.get("/reports/sales"))
    assert "1,234,567.50" in sales
    assert "23.5 %" in sales
    assert "1,000,000.00" in sales
    assert "&lt;b&gt;E2&lt;/b&gt;" in fin.get("/reports/sales").text
    assert "70.00" not in sales
    assert "70.00" in text(fin.get("/reports/sales?figure=received"))
    assert "400.00" in text(fin.get("/reports/backlog"))
    assert "50.00" in text(fin.get("/reports/overdue"))
    assert "75 %" in text(fin.get("/reports/on_time"))
    fin.post("/language", {"language": "zh"})
    assert "准时交货率" in text(fin.get("/reports/on_time"))


def test_a_year_of_which_nothing_is_known_says_so(sold: Office) -> None:
    fin = sold.as_("fin")
    assert "There is nothing to show yet" in text(fin.get("/reports/sales?year=2011"))
    for wrong in ("/reports/sales?year=1", "/reports/sales?year=next"):
        assert fin.get(wrong).status_code == 422
    for unknown in ("/reports/salaries", "/reports/sales?figure=profit"):
        assert fin.get(unknown).status_code == 404


def test_excel_gets_numbers_that_it_can_add_up(sold: Office) -> None:
    answer = sold.as_("fin").get("/reports/sales/sheet.xlsx")
    sheet: Any = load_workbook(io.BytesIO(answer.content)).active
    there = [cell for row in sheet.iter_rows() for cell in row]
    cells = {cell.value: cell for cell in there}
    assert cells[1234567.5].data_type == "n"
    assert cells[1234567.5].number_format == "0.00"
    assert cells[-5].data_type == "n"
    assert cells[70].data_type == "n", "all figures are in it, whichever is looked at"
    rates = [cell.value for cell in there if cell.number_format == "0.0%"]
    assert rates == [0.2346, 0.2346]
    assert cells["<b>E2</b>"].data_type == "s"
    csv = sold.as_("fin").get("/reports/sales/sheet.csv").text
    assert "1234567.5," in csv
    assert ",-5," in csv


@pytest.mark.parametrize("name", REPORTS)
def test_reports_are_for_those_alone_who_may_see_them(sold: Office, name: str) -> None:
    page, sheet, api = f"/reports/{name}", f"/reports/{name}/sheet.csv", f"/api/reports/{name}"
    for login, status in (("fin", 200), ("root", 200), ("ops", 403), ("look", 403)):
        browser = sold.as_(login)
        assert [browser.get(one).status_code for one in (page, sheet, api)] == [status] * 3
        assert ("/reports/sales" in browser.get("/").text) is (status == 200)
    assert sold.stranger().get(page).status_code == 303
    with sold.site.system.store.reading() as tx:
        tried = [row for row in journal.newest_audited(tx, 100) if row.what == "attempt_refused"]
    assert {row.who for row in tried} == {"ops", "look"}


def test_where_nobody_is_named_operators_see_them(sold: Office) -> None:
    sold.start()
    assert sold.as_("ops").get("/reports/sales").status_code == 200
    assert sold.as_("fin").get("/reports/sales").status_code == 403


def test_programs_get_values_by_their_names(sold: Office) -> None:
    assert "/api/reports/{name}" in make(sold.serving).openapi()["paths"]
    found = sold.stranger().get("/api/reports/sales", headers=sold.token("fin")).json()
    assert found["year"] == date.today().year
    row = next(one for one in found["rows"] if one["salesperson"] == "E1")
    assert row["figure"] == "ordered"
    assert row["total"] == "1234567.50"
