"""The audit: who decided what, and whether it is as it was written; and what is forgotten."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from connector.cli.output import Screen, moment
from connector.cli.session import DONE, FAILED, Session, command, group
from connector.messages import say


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    made = group()
    command(made)(audit_list)
    command(made)(audit_verify)
    cli.add_typer(made, name="audit")
    about = group()
    command(about)(forget_customer)
    cli.add_typer(about, name="forget")


def forget_customer(session: Session, number: str) -> None:
    """What tells of people at a customer."""
    done = session.app.forget(number)
    words = say("forgotten", records=done.records, rows=done.rows)
    session.show(done, lambda screen: screen.line(words))


def audit_list(
    session: Session, limit: Annotated[int, typer.Option("--limit", min=1, metavar="N")] = 100
) -> None:
    """Who decided what."""
    found = session.app.audit(limit)

    def render(screen: Screen) -> None:
        rows = [[moment(one.at), one.who, one.what, json.dumps(one.about, ensure_ascii=False)]
                for one in found]  # fmt: skip
        screen.table(("at", "who", "decided", "about"), rows)

    session.show({"lines": found}, render)


def audit_verify(
    session: Session, head: Annotated[str, typer.Option("--head", metavar="LINK")] = ""
) -> int:
    """Whether the audit is as it was written."""
    found = session.app.verify_audit(head)

    def render(screen: Screen) -> None:
        for id in found.broken:
            screen.mark("✗", say("audit_broken", id=id))
        if not found.knows:
            screen.mark("✗", say("audit_cut", head=head))
        if not found.broken and found.knows:
            screen.mark("✓", say("audit_whole", count=found.lines, head=found.head))

    session.show(found, render)
    return DONE if not found.broken and found.knows else FAILED
