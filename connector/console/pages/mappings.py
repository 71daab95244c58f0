"""Mappings: how each flow reads and writes, what it makes of a record, and what it was before."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from connector.console import colours, view
from connector.console.asked import Sent, Someone, Word
from connector.console.guard import Visitor
from connector.operations.finding import NotFound
from connector.operations.mappings.listing import Shown
from connector.operations.mappings.trial import FIELDS, ROWS, Mapped, Tried
from connector.operations.mappings.versions import SHIPPED

router = APIRouter(include_in_schema=False)
EXAMPLES = 20
"""Numbers of records that are proposed to be tried."""
AROUND = 2
"""Lines that are shown around one that is wrong."""


@router.get("/mappings")
def listing(request: Request, visitor: Someone) -> Response:
    return view.page(request, visitor, "mappings", mappings=visitor.app.mappings())


@router.get("/mappings/{flow}")
def mapping(request: Request, visitor: Someone, flow: str, side: Word = "") -> Response:
    found = visitor.app.mapping(flow, side)
    return view.page(
        request, visitor, "mapping", found=found, listed=found.listed, at="about",
        lines=colours.lines(found.text), here="mappings",
        draft=colours.lines(found.listed.draft) if found.listed.draft else [],
    )  # fmt: skip


@router.get("/mappings/{flow}/try")
def record(
    request: Request, visitor: Someone, flow: str, side: Word = "", number: Word = ""
) -> Response:
    """What the mapping makes of a record."""
    found = visitor.app.mapping(flow, side)
    side, number = found.listed.side, number.strip()
    try:
        mapped = visitor.app.mapped(flow, side, number) if number else None
    except NotFound as error:
        return _trial(request, visitor, found, number, wrong=str(error), status=404)
    return _trial(request, visitor, found, number, mapped=mapped)


@router.post("/mappings/{flow}/try")
def attempt(request: Request, visitor: Someone, flow: str, form: Sent) -> Response:
    """What another text would make of it; nothing is kept of either."""
    found = visitor.app.mapping(flow, form.get("side", "")[:10])
    side, number = found.listed.side, form.get("number", "").strip()[:200]
    text = form.get("text", "")
    try:
        tried = visitor.app.try_mapping(flow, side, number, text)
    except NotFound as error:
        return _trial(request, visitor, found, number, text, wrong=str(error), status=404)
    return _trial(
        request, visitor, found, number, text, tried=tried, mapped=tried.mapped,
        status=400 if tried.problems else 200,
    )  # fmt: skip


@router.get("/mappings/{flow}/versions")
def versions(
    request: Request, visitor: Someone, flow: str, side: Word = "", one: Word = "",
    other: Word = "",
) -> Response:  # fmt: skip
    found = visitor.app.mapping(flow, side)
    side, known = found.listed.side, visitor.app.mapping_versions(flow, side)
    other = other or found.listed.version
    names = [version.version for version in known if version.version != other]
    one = one or next(iter(names), SHIPPED if found.replaces else "")
    differences = visitor.app.mapping_diff(flow, side, one, other) if one else None
    return view.page(
        request, visitor, "mapping_versions", found=found, listed=found.listed, at="versions",
        versions=known, one=one, other=other, differences=differences, here="mappings",
    )  # fmt: skip


@router.get("/mappings/{flow}/versions/{version}")
def version(
    request: Request, visitor: Someone, flow: str, version: str, side: Word = ""
) -> Response:
    """One version: its text, and the records that went by it."""
    found = visitor.app.mapping(flow, side)
    kept = visitor.app.mapping_version(flow, found.listed.side, version)
    files = {name: colours.lines("\n".join(lines)) for name, lines in kept.files.items()}
    return view.page(
        request, visitor, "mapping_version", found=found, listed=found.listed, at="versions",
        version=version, files=files, went=kept.went, here="mappings",
    )  # fmt: skip


def _trial(
    request: Request, visitor: Visitor, found: Shown, number: str, text: str = "", *,
    wrong: str = "", tried: Tried | None = None, mapped: Mapped | None = None, status: int = 200,
) -> Response:  # fmt: skip
    listed = found.listed
    kept = visitor.app.mapping_version(listed.flow, listed.side, listed.version)
    return view.page(
        request, visitor, "mapping_try", found=found, listed=listed, at="try", number=number,
        text=text or found.listed.draft or found.text, wrong=wrong, tried=tried, mapped=mapped,
        excerpts=_excerpts(tried) if tried else {}, rows=ROWS, most=FIELDS, status=status,
        here="mappings", examples=[one.number or one.key for one in kept.went[:EXAMPLES]],
    )  # fmt: skip


def _excerpts(tried: Tried) -> dict[int, list[tuple[int, str]]]:
    """The lines around each that is wrong."""

    def around(line: int) -> list[tuple[int, str]]:
        first = max(line - AROUND, 1)
        return list(enumerate(tried.lines[first - 1 : line + AROUND], first))

    return {one.line: around(one.line) for one in tried.problems if one.line}
