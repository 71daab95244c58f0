"""The console: serving it, and who can log in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from connector.cli.output import Screen, moment
from connector.cli.session import FAILED, Session, command, group
from connector.messages import say, word
from connector.rights import ROLES, role
from connector.settings import PersonSettings


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    command(cli, without=("json",))(console)
    made = group()
    for function in (user_list, user_invite, user_token, user_remove):
        command(made)(function)
    cli.add_typer(made, name="user")


def console(session: Session) -> None:
    """Serve the pages until told to stop."""
    from connector.console.serving import Serving, address, serve

    session.quiet()
    serving = Serving(session.config)
    try:
        app, where = serving.app, address(serving.settings)
        session.output.tell(say("console_at", address=where))
        accounts = app.accounts
        login = _first(app.config.people, app.who)
        if login and not accounts.any() and accounts.is_invited(login):
            session.output.tell(say("console_invited", login=login))
        elif login and not accounts.any():
            link = f"{where}/welcome/{accounts.invite(login, app.who)}"
            session.output.tell(say("console_first", login=login, link=link))
        serve(serving)
    finally:
        serving.close()


def _first(people: Mapping[str, PersonSettings], user: str) -> str:
    """Who is to set the first password: whoever runs this, if they are an admin, else one who
    is."""
    if role(people, user) == ROLES[-1]:
        return user
    logins = (login for one in people.values() for login in one.logins)
    return next((login for login in logins if role(people, login) == ROLES[-1]), "")


def user_list(session: Session) -> None:
    """Who there is, and what they may do."""
    users = session.app.users()

    def render(screen: Screen) -> None:
        rows = [[one.login, one.person, word("role", one.role), moment(one.since),
                 str(len(one.sessions) or "")] for one in users]  # fmt: skip
        screen.table(("login", "person", "role", "password_since", "sessions"), rows)

    session.show({"users": users}, render)


def user_invite(session: Session, login: str) -> None:
    """A link with which somebody sets a password, once."""
    from connector.console.serving import address

    secret = session.app.invite(login)
    link = f"{address(session.app.config.console)}/welcome/{secret}"
    session.show({"login": login, "link": link}, lambda screen: screen.line(link))


def user_token(
    session: Session,
    login: str,
    name: Annotated[str, typer.Option("--name", metavar="PROGRAM")],
    most: Annotated[str, typer.Option("--role", metavar="ROLE")] = ROLES[0],
    days: Annotated[int, typer.Option("--days", metavar="N")] = 90,
) -> None:
    """A secret for a program that works in somebody's name."""
    secret = session.app.make_token(login, name, most, days)
    session.show({"login": login, "token": secret}, lambda screen: screen.line(secret))


def user_remove(session: Session, login: str) -> int | None:
    """Take somebody's password, sessions and tokens away."""
    gone = session.app.remove_user(login)
    words = say("user_gone" if gone else "user_none", login=login)
    session.show({"login": login, "removed": gone}, lambda screen: screen.line(words))
    return None if gone else FAILED
