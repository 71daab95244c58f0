"""Rules: which are in force, what they would tell, and who wants to hear nothing."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from connector.cli.output import Screen, moment
from connector.cli.session import Keys, Session, command, group
from connector.messages import say
from connector.objects.showing import plainly
from connector.operations.ruling import Tried


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    made = group()
    for function in (rules_list, rules_test, rules_stop):
        command(made)(function)
    cli.add_typer(made, name="rules")


def rules_list(session: Session) -> None:
    """The rules in force and those that could be."""
    found, more = session.app.rules(), session.app.rules_at_hand()

    def render(screen: Screen) -> None:
        rows = [[r.name, r.object, ", ".join(r.connections), r.holding, moment(r.last), r.when]
                for r in found]  # fmt: skip
        screen.table(("rule", "object", "from", "holding", "told_last", "when"), rows)
        if more:
            screen.line(say("rules_at_hand", names=", ".join(more)))

    session.show({"rules": found, "at_hand": more}, render)


def rules_test(session: Session, name: str, key: Keys = None) -> None:
    """What a rule would tell and do now, and why."""
    app = session.app
    with session.waiting(say("working_insight")):
        tried = app.try_rule(name, key or ())

    def render(screen: Screen) -> None:
        for one in tried:
            _show(screen, one)
        if not tried:
            screen.line(say("rule_holds_nowhere", name=name))

    session.show({"records": tried}, render)


def _show(screen: Screen, one: Tried) -> None:
    mark = "✗" if one.fault else "✓" if one.holds else "!"
    screen.mark(mark, f"{one.number or one.key}  {_values(one.values)}")
    if one.fault:
        screen.line(f"    {one.fault}")
    elif one.holds:
        for line in (*one.title.splitlines(), *one.text.splitlines()):
            screen.line(f"    {line}")
        for recipient in one.to:
            screen.line(f"    → {recipient}")
        for deed in one.does:
            screen.line(f"    → {deed}")


def _values(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} = {plainly(v) if v is not None else '-'}"
                     for name, v in values.items())  # fmt: skip


def rules_stop(
    session: Session,
    channel: str,
    address: str,
    again: Annotated[bool, typer.Option("--again")] = False,
) -> None:
    """An address outside the company wants no messages."""
    session.app.stop_messages(channel, address, wanted=again)
    words = "messages_again" if again else "messages_stopped"
    session.show({"wanted": again}, lambda screen: screen.line(say(words, address=address)))
