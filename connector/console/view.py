"""Pages: templates, and how what is stored is shown in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from connector import messages
from connector.console.guard import Visitor
from connector.messages import say, word
from connector.objects.showing import amount, harmless, plainly, shown

messages.add("connector.console")

FOLDER = Path(str(resources.files("connector.console")))

PAGES = (
    ("overview", "/"),
    ("orders", "/orders"),
    ("failures", "/failures"),
    ("reviews", "/reviews"),
    ("insight", "/insight/order_progress"),
    ("reports", "/reports/sales"),
    ("rules", "/rules"),
    ("audit", "/audit"),
    ("users", "/users"),
)
"""What the menu leads to, and where that is."""
NEEDS = {"users": "users", "reports": "report"}
"""Pages that not everybody may see: the operation that they need."""


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.policies["json.dumps_kwargs"] = {"sort_keys": True, "ensure_ascii": False}
    made.globals |= {
        "t": _say,
        "word": word,
        "query": _query,
        "inputs": _inputs,
        "numeric": _numeric,
    }
    made.filters |= {
        "moment": moment, "plainly": plainly, "ago": ago, "path": path, "amount": amount,
        "shown": shown,
    }  # fmt: skip
    return made


def render(name: str, language: str, zone: ZoneInfo | None = None, **values: Any) -> str:
    """A template's text; `zone` is that of the times in it."""
    return _templates().get_template(name).render(language=language, zone=zone, **values)


def page(
    request: Request, visitor: Visitor, name: str, *, status: int = 200, **values: Any
) -> Response:
    """A page for somebody: the template of that name, in their language."""
    here = values.pop("here", name)
    told = request.query_params.get("told", "")
    menu = [(one, where) for one, where in PAGES if visitor.may(NEEDS.get(one, "status"))]
    text = render(
        f"{name}.html",
        visitor.language,
        visitor.app.system.own_zone,
        visitor=visitor,
        menu=menu,
        here=here,
        told=_told(told, request.query_params.get("n", "")),
        now=datetime.now(UTC).timestamp(),
        url=request.url,
        **values,
    )
    return HTMLResponse(text, status)


def done(where: str, told: str, n: int | str = "") -> Response:
    """Something was done: on to a page that says so."""
    mark = "&" if "?" in where else "?"
    return RedirectResponse(f"{where}{mark}{urlencode({'told': told, 'n': n})}", 303)


def _told(id: str, n: str) -> str:
    """What a page says was done; nobody can make it say anything else."""
    name = f"told_{id}"
    if name not in messages.CATALOGUE:
        return ""
    return str(say(name, n=int(n) if n.isdigit() and len(n) < 9 else ""))


def _say(id: str, /, **params: Any) -> str:
    return str(say(id, **params))


def _numeric(rows: Iterable[Sequence[Any]]) -> set[int]:
    """The columns that hold numbers, by their places."""
    return {n for row in rows for n, cell in enumerate(row) if isinstance(cell, Decimal | int)}


def _inputs(objects: Iterable[str]) -> str:
    return ", ".join(word("object", one) for one in objects)


def moment(at: float | datetime | None, zone: ZoneInfo | None) -> str:
    """A time as people read it there; empty: there is none."""
    if not at:
        return ""
    time = at if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)
    return f"{time.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def ago(seconds: float | None) -> str:
    """How long something took, or ago it was, in its largest unit."""
    if seconds is None:
        return ""
    span = timedelta(seconds=max(seconds, 0))
    if span.days:
        return str(say("span_days", n=span.days))
    if span.seconds >= 3600:
        return str(say("span_hours", n=span.seconds // 3600))
    if span.seconds >= 60:
        return str(say("span_minutes", n=span.seconds // 60))
    return str(say("span_seconds", n=span.seconds))


def path(part: Any) -> str:
    """A text as one part of a path."""
    return quote(str(part), safe="")


def _query(values: Mapping[str, Any], **other: Any) -> str:
    """A query of these values, others in their place; those that are empty are left out."""
    merged: Iterable[tuple[str, Any]] = {**values, **other}.items()
    return urlencode([(name, value) for name, value in merged if value])
