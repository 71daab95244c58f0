"""Users: who can log in, their sessions, and tokens of programs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from connector.console import view
from connector.console.asked import Someone, Text
from connector.console.guard import Visitor, serving_of
from connector.console.serving import address
from connector.console.view import done
from connector.rights import ROLES

router = APIRouter(include_in_schema=False)


@router.get("/users")
def listing(request: Request, visitor: Someone) -> Response:
    return _page(request, visitor)


@router.post("/users/invite")
def invite(request: Request, visitor: Someone, login: Text) -> Response:
    secret = visitor.app.invite(login)
    link = f"{address(serving_of(request).settings)}/welcome/{secret}"
    return _page(request, visitor, link=link, login=login)


@router.post("/users/token")
def token(
    request: Request,
    visitor: Someone,
    login: Text,
    name: Text,
    role: Text,
    days: Annotated[int, Form()],
) -> Response:
    secret = visitor.app.make_token(login, name, role, days)
    return _page(request, visitor, token=secret, login=login)


@router.post("/users/end")
def end(visitor: Someone, login: Text, id: Text = "") -> Response:
    return done("/users", "sessions_ended", visitor.app.end_sessions(login, id))


@router.post("/users/remove")
def remove(visitor: Someone, login: Text) -> Response:
    visitor.app.remove_user(login)
    return done("/users", "user_removed")


def _page(request: Request, visitor: Visitor, **shown: str) -> Response:
    """What was made is shown this once."""
    made = {"link": "", "token": "", "login": ""} | shown
    return view.page(request, visitor, "users", users=visitor.app.users(), roles=ROLES, made=made)
