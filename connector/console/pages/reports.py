"""Reports for managers, and as sheets."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from connector.console import view
from connector.console.asked import Someone, Word, Year
from connector.console.sheet import Kind, sheet
from connector.derive.reports import FIGURES, REPORTS

router = APIRouter(include_in_schema=False)


@router.get("/reports/{name}")
def report(
    request: Request, visitor: Someone, name: str, year: Year = 0, figure: Word = ""
) -> Response:
    wanted = figure or (FIGURES[0] if name == "sales" else "")
    found = visitor.app.report(name, year, wanted)
    rows = found.rows()
    return view.page(
        request, visitor, "reports", report=name, reports=list(REPORTS), found=found,
        rows=[row.cells for row in rows], totals=[n for n, row in enumerate(rows) if row.total],
        figures=FIGURES if name == "sales" else (), figure=wanted,
    )  # fmt: skip


@router.get("/reports/{name}/sheet.{kind}")
def download(
    visitor: Someone, name: str, kind: Kind, year: Year = 0, figure: Word = ""
) -> Response:
    found = visitor.app.report(name, year, figure)
    return sheet(f"report-{name}", kind, found.titles(), (row.cells for row in found.rows()))
