"""Pages: templates in the language of whoever asks, and the menu before them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from connector import messages
from connector.console import showing
from connector.console.guard import Visitor
from connector.messages import say
from connector.objects.showing import harmless

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
    ("mappings", "/mappings"),
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
    made.globals |= showing.GLOBALS
    made.filters |= showing.FILTERS
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
        flows=visitor.app.system.flows,
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
