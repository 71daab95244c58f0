"""Insight: what only both systems together can tell, as it was computed last; and as sheets."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from connector.console import view
from connector.console.asked import Someone, Word
from connector.console.guard import Visitor
from connector.console.sheet import Kind, sheet
from connector.messages import say
from connector.objects.showing import Cell
from connector.operations.computed import OF, PAGE
from connector.operations.tabling import TABLES

router = APIRouter(include_in_schema=False)

PAGES = 200
"""Of records in a sheet, at most; it says so where there are more."""
CHARTS = {"cash_forecast": ("week", "net"), "measures": ("month", "ordered")}
"""What is drawn, too: along which field, and what of it."""


@router.get("/insight")
def insight() -> Response:
    return RedirectResponse(f"/insight/{next(iter(OF))}", 303)


@router.get("/insight/{object}")
def listing(
    request: Request, visitor: Someone, object: str, number: Word = "", after: Word = ""
) -> Response:
    found = visitor.app.computed(object, number.strip(), after)
    table, answer = TABLES[object], found.answer
    return view.page(
        request, visitor, "insight", object=object, objects=list(OF), titles=table.titles(),
        rows=list(table.rows(answer)), answer=answer, after=found.after, number=number,
        bars=_bars(object, answer.records),
    )  # fmt: skip


@router.get("/insight/{object}/sheet.{kind}")
def download(visitor: Someone, object: str, kind: Kind, number: Word = "") -> Response:
    return sheet(object, kind, *_all(visitor, object, number.strip()))


def _all(visitor: Visitor, object: str, number: str) -> tuple[list[str], Iterator[list[Cell]]]:
    first = visitor.app.computed(object, number)
    table = TABLES[object]

    def rows() -> Iterator[list[Cell]]:
        found = first
        for _ in range(PAGES):
            yield from table.rows(found.answer)
            if not found.after:
                return
            found = visitor.app.computed(object, number, found.after)
        yield [str(say("sheet_is_cut", n=PAGES * PAGE))]

    return table.titles(), rows()


def _bars(object: str, records: list[Any]) -> list[dict[str, Any]]:
    """What a chart shows: for each bar its label, its value, and how long it is, in per cent."""
    if object not in CHARTS:
        return []
    along, what = CHARTS[object]
    values = [(str(getattr(one, along)), getattr(one, what) or Decimal(0)) for one in records]
    most = max((abs(value) for _, value in values), default=Decimal(0)) or Decimal(1)
    return [
        {"label": label, "value": value, "length": int(abs(value) * 100 / most)}
        for label, value in values
    ]
