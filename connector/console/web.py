"""The application: pages, the interface for programs, and what becomes of whatever goes wrong."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connector import __version__, log
from connector.console import api, entering, guard, pages, probes, view
from connector.console.guard import HEADERS, MOST, NotLoggedIn, NotTheirs, TooMany, Tries
from connector.console.serving import Serving, address
from connector.entrance import NotEntitled
from connector.errors import ConfigError, ConnectorError
from connector.messages import Message as Words
from connector.messages import say, speaking
from connector.operations.finding import ChangedMeanwhile, NotFound
from connector.reviews.board import NotAllowed
from connector.store.engine import StoreUnavailable

_log = log.get(__name__)


ROUTERS = (probes.router, entering.router, api.router, *pages.ROUTERS)
"""All that is answered, but for the description of `/api` and files of ours."""


def make(serving: Serving) -> FastAPI:
    """The application over one configuration."""
    made = FastAPI(
        title="connector", version=__version__, docs_url=None, redoc_url=None,
        openapi_url="/api/openapi.json",
    )  # fmt: skip
    made.state.serving = serving
    made.state.tries = Tries(serving.clock)
    for router in ROUTERS:
        made.include_router(router)
    made.mount("/static", StaticFiles(directory=view.FOLDER / "static"), name="static")
    for kind in (*STATUS, HTTPException, RequestValidationError, Exception):
        made.add_exception_handler(kind, _answered)
    made.add_middleware(TrustedHostMiddleware, allowed_hosts=_hosts(serving))
    # Around what answers to bugs, too: that stands outside of all that `add_middleware` adds.
    made.middleware_stack = _Guarded(made.build_middleware_stack(), serving=serving)
    return made


STATUS: dict[type[Exception], int] = {
    NotLoggedIn: 401,
    NotTheirs: 403,
    NotEntitled: 403,
    NotAllowed: 409,
    ChangedMeanwhile: 409,
    NotFound: 404,
    TooMany: 429,
    StoreUnavailable: 503,
    ConfigError: 400,
    ConnectorError: 409,
}
"""What is answered where something is refused, the first that fits."""


def _hosts(serving: Serving) -> list[str]:
    """The names under which we may be reached: others come from pages that want to use us."""
    known = {urlsplit(address(serving.settings)).hostname or "", "localhost", "127.0.0.1", "[::1]"}
    return sorted(known - {""})


async def _answered(request: Request, error: Exception) -> Response:
    """Whatever went wrong, as a page or as JSON, in the language of whoever asked."""
    serving = guard.serving_of(request)
    language = getattr(request.state, "language", None) or guard.spoken(request, serving)
    status, words = _told(error)
    about = {"path": _place(request.scope), "status": status, "address": guard.address_of(request)}
    if status == 500:
        _log.error("request_failed", **about, exc_info=error)
    elif isinstance(error, NOTED) or "authorization" in request.headers:
        _log.warning("request_refused", **about, why=type(error).__name__)
    with speaking(language):
        if request.url.path.startswith("/api/"):
            return JSONResponse({"error": str(words)}, status)
        if isinstance(error, NotLoggedIn):
            back = guard.back_to(request)
            return RedirectResponse(f"/login{'?next=' + back if back else ''}", 303)
        text = view.render("wrong.html", language, status=status, words=str(words))
        return Response(text, status, media_type="text/html; charset=utf-8")


NOTED = (NotTheirs, TooMany, RequestValidationError)
"""What nobody is refused who uses our pages, or a program that does what it should."""


def _place(scope: Scope) -> str:
    """The path of a request as its route names it: what stands in it may be a secret."""
    return str(getattr(scope.get("route"), "path", "") or "-")


def _told(error: Exception) -> tuple[int, Words | str]:
    if isinstance(error, HTTPException):
        return error.status_code, say("no_page" if error.status_code == 404 else "bad_request")
    if isinstance(error, RequestValidationError):
        return 422, say("bad_request")
    for kind, status in STATUS.items():
        if isinstance(error, kind):
            own = _OWN.get(kind)
            return status, say(own) if own else str(error)
    return 500, say("console_bug")


_OWN: dict[type[Exception], str] = {
    NotLoggedIn: "not_logged_in",
    NotTheirs: "not_theirs",
    TooMany: "too_many",
    StoreUnavailable: "store_rests",
}


class _Guarded:
    """Around everything: headers, and nothing that is too long or that no database takes."""

    def __init__(self, app: ASGIApp, *, serving: Serving) -> None:
        self._app = app
        self._serving = serving
        secure = guard.is_secure(serving)
        more = {"Strict-Transport-Security": "max-age=31536000"} if secure else {}
        self._headers = [(n.lower().encode(), v.encode()) for n, v in (HEADERS | more).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_static = scope["path"].startswith("/static/")

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in self._headers}
                kept = [(n, v) for n, v in message["headers"] if n.lower() not in own]
                message["headers"] = [*kept, *self._headers]
                if is_static:
                    message["headers"] = [(n, STATIC.get((n, v), v)) for n, v in message["headers"]]
            await send(message)

        length = dict(scope["headers"]).get(b"content-length", b"0")
        chunked = b"transfer-encoding" in dict(scope["headers"])
        if chunked or not length.isdigit() or int(length) > MOST:
            await self._refusal(scope, 413, "request_too_long")(scope, receive, dressed)
            return
        body = await _whole(receive) if int(length) else b""
        asked = (scope["path"].encode("utf-8", "replace"), scope["query_string"], body)
        if any(mark in part for mark in NOTHING for part in asked):
            await self._refusal(scope, 400, "bad_request")(scope, receive, dressed)
            return
        await self._app(scope, _again(body, receive), dressed)

    def _refusal(self, scope: Scope, status: int, words: str) -> Response:
        address = guard.address_of(Request(scope))
        _log.warning("request_refused", path="-", status=status, address=address, why=words)
        return JSONResponse({"error": say(words).render(self._serving.language)}, status)


STATIC = {
    (b"cache-control", b"no-store"): b"public, max-age=3600",
    (b"content-type", b"image/svg+xml"): b"image/svg+xml; charset=utf-8",
}
"""What headers of our own files say in the place of what all answers do."""
NOTHING = (b"\0", b"%00", b"\\u0000")
"""A character that is none, as it stands in paths, forms and JSON: PostgreSQL takes it nowhere."""


async def _whole(receive: Receive) -> bytes:
    """A request's body; it is as long as it said."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _again(body: bytes, receive: Receive) -> Receive:
    """The same body once more, for whoever asks next."""
    kept: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def read() -> Message:
        return kept.pop() if kept else await receive()

    return read
