"""Coming in and going out: logging in, invitations, languages, and reviews behind a link."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from connector.console import guard, view
from connector.console.asked import Someone, Text
from connector.console.guard import Visitor, cookie, is_secure, serving_of
from connector.messages import LANGUAGES, speaking
from connector.operations.accounts import NotLetIn

router = APIRouter(include_in_schema=False)
YEAR = 365 * 86_400

Login = Annotated[str, Form(max_length=200)]
Password = Annotated[str, Form(max_length=1000)]


@router.get("/login")
def login_page(request: Request, next: str = "") -> Response:
    return _form(request, "login.html", next=_ours(next))


@router.post("/login")
def login(request: Request, login: Login, password: Password, next: Text = "") -> Response:
    guard.same_origin(request)
    _count(request)
    serving = serving_of(request)
    try:
        secret = serving.app.accounts.log_in(login, password, _browser(request))
    except NotLetIn as error:
        return _form(request, "login.html", 403, next=_ours(next), wrong=error, login=login)
    return _let_in(request, secret, _ours(next))


@router.get("/welcome/{token}")
def welcome_page(request: Request, token: str) -> Response:
    try:
        login = serving_of(request).app.accounts.invited(token)
    except NotLetIn as error:
        return _form(request, "welcome.html", 403, wrong=error, login="")
    return _form(request, "welcome.html", login=login)


@router.post("/welcome/{token}")
def welcome(request: Request, token: str, password: Password, again: Password) -> Response:
    guard.same_origin(request)
    _count(request)
    accounts = serving_of(request).app.accounts
    login = ""
    try:
        login = accounts.invited(token)
        if password != again:
            return _form(request, "welcome.html", 400, login=login, differ=True)
        accounts.welcome(token, password)
        secret = accounts.log_in(login, password, _browser(request))
    except NotLetIn as error:
        return _form(request, "welcome.html", 403, wrong=error, login=login)
    return _let_in(request, secret, "/")


@router.post("/logout")
def logout(request: Request, visitor: Someone) -> Response:
    serving = serving_of(request)
    serving.app.accounts.log_out(request.cookies.get(cookie(serving), ""))
    answer = RedirectResponse("/login", 303, {"Clear-Site-Data": '"cache", "storage"'})
    answer.delete_cookie(cookie(serving), secure=is_secure(serving), httponly=True)
    return answer


@router.post("/password")
def password(
    request: Request,
    visitor: Someone,
    old: Password,
    new: Password,
    again: Password,
) -> Response:
    _count(request)
    accounts = serving_of(request).app.accounts
    if new != again:
        return _account(request, visitor, 400, differ=True)
    try:
        secret = accounts.change_password(visitor.login, old, new, _browser(request))
    except NotLetIn as error:
        return _account(request, visitor, 403, wrong=str(error))
    return _let_in(request, secret, "/account?told=password")


@router.post("/sessions")
def sessions(request: Request, visitor: Someone, old: Password) -> Response:
    """All other sessions of whoever still knows the password end."""
    _count(request)
    accounts = serving_of(request).app.accounts
    try:
        secret = accounts.end_others(visitor.login, old, _browser(request))
    except NotLetIn as error:
        return _account(request, visitor, 403, wrong=str(error))
    return _let_in(request, secret, "/account?told=sessions_ended")


@router.get("/account")
def account(request: Request, visitor: Someone) -> Response:
    return _account(request, visitor)


def _account(
    request: Request, visitor: Visitor, status: int = 200, *, differ: bool = False, wrong: str = ""
) -> Response:
    own = serving_of(request).app.accounts.own(visitor.login)
    return view.page(
        request, visitor, "account", status=status, differ=differ, wrong=wrong, sessions=own
    )


@router.post("/language")
def language(request: Request, language: Text, back: Text = "/") -> Response:
    """Anybody chooses in which language pages speak to them."""
    guard.same_origin(request)
    serving = serving_of(request)
    answer = RedirectResponse(_ours(back) or "/", 303)
    if language in LANGUAGES:
        answer.set_cookie(
            cookie(serving, "language"), language, YEAR, samesite="lax", httponly=True,
            secure=is_secure(serving),
        )  # fmt: skip
        known = serving.app.accounts.session(request.cookies.get(cookie(serving), ""))
        if known is not None:
            serving.app.accounts.speak(known.login, language)
    return answer


def _form(request: Request, name: str, status: int = 200, **values: Any) -> Response:
    """A page for somebody whom nobody knows yet."""
    serving = serving_of(request)
    language = guard.spoken(request, serving)
    given: dict[str, Any] = {"wrong": "", "login": "", "differ": False, "next": "", **values}
    with speaking(language):
        text = view.render(name, language, **given)
    return HTMLResponse(text, status)


def _let_in(request: Request, secret: str, where: str) -> Response:
    """On with a new session; the one that they came with is over."""
    serving = serving_of(request)
    former = request.cookies.get(cookie(serving), "")
    if former:
        serving.app.accounts.log_out(former)
    answer = RedirectResponse(where or "/", 303)
    answer.set_cookie(
        cookie(serving), secret, int(serving.settings.longest), path="/", httponly=True,
        samesite="lax", secure=is_secure(serving),
    )  # fmt: skip
    return answer


def _ours(where: str) -> str:
    """A place on our own pages, or nowhere: nobody is led elsewhere by a link to us."""
    parts = urlsplit(where)
    ours = where.startswith("/") and not where.startswith(("//", "/\\")) and not parts.netloc
    return where if ours and "\n" not in where and "\r" not in where else ""


def _count(request: Request) -> None:
    request.app.state.tries.count(guard.address_of(request))


def _browser(request: Request) -> str:
    return request.headers.get("user-agent", "")[:200]
