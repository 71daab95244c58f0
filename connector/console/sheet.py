"""Sheets to take away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from starlette.responses import Response

from connector import sheets
from connector.objects.showing import Cell

Kind = Literal["csv", "xlsx"]
KINDS: dict[Kind, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def sheet(name: str, kind: Kind, titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """A sheet of this name, to be saved."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"sheet.{kind}"
        sheets.write(path, titles, rows)
        content = path.read_bytes()
    called = f"{name}-{date.today():%Y%m%d}.{kind}"
    saved = {"Content-Disposition": f'attachment; filename="{called}"'}
    return Response(content, media_type=KINDS[kind], headers=saved)
