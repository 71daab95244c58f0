"""Insight: what only both sides together can tell, as a table, as JSON or as CSV."""

from __future__ import annotations

import csv
import sys
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from connector.cli.output import Screen
from connector.cli.session import Session, command, group, wrong
from connector.messages import say, word
from connector.objects.showing import plainly
from connector.operations.asking import Answer, Asking
from connector.operations.grouping import DIMENSIONS
from connector.operations.tabling import GROUPS, LATE, TABLES, Table

Numbers = Annotated[list[str] | None, typer.Argument(metavar="[NUMBER…]")]
Csv = Annotated[bool, typer.Option("--csv")]


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    made = group()
    for function in (
        insight_progress,
        insight_kitting,
        insight_requirements,
        insight_late,
        insight_availability,
        insight_quote,
        insight_margin,
        insight_flows,
        insight_standing,
        insight_cash,
        insight_slow,
        insight_grades,
        insight_measures,
    ):
        command(made)(function)
    cli.add_typer(made, name="insight")
    command(cli)(release)


def insight_progress(session: Session, numbers: Numbers = None, csv: Csv = False) -> None:
    """How far orders are."""
    _show(session, _asking(session).progress(numbers or ()), as_csv=csv)


def insight_kitting(
    session: Session,
    numbers: Numbers = None,
    alone: Annotated[bool, typer.Option("--alone")] = False,
    material: Annotated[str, typer.Option("--material", metavar="NUMBER")] = "",
    quantity: Annotated[str, typer.Option("--quantity", metavar="N")] = "1",
    csv: Csv = False,
) -> None:
    """What of open order lines can be built now, and what is short."""
    if material and (numbers or alone):
        raise wrong(say("insight_wish_alone"))
    asking = _asking(session)
    if material:
        answer = asking.what_if(material, _number("--quantity", quantity))
    else:
        answer = asking.kitting(numbers or (), alone=alone)
    _show(session, answer, as_csv=csv)


def insight_requirements(session: Session, numbers: Numbers = None, csv: Csv = False) -> None:
    """What should be bought and made."""
    _show(session, _asking(session).requirements(numbers or ()), as_csv=csv)


def insight_late(session: Session, numbers: Numbers = None, csv: Csv = False) -> None:
    """What comes later than it is wanted."""
    _show(session, _asking(session).late(numbers or ()), as_csv=csv, table=LATE)


def insight_availability(session: Session, numbers: Numbers = None, csv: Csv = False) -> None:
    """What can be promised, and from when on."""
    _show(session, _asking(session).availability(numbers or ()), as_csv=csv)


def insight_quote(
    session: Session,
    numbers: Annotated[list[str], typer.Argument(metavar="NUMBER…")],
    margin: Annotated[str, typer.Option("--margin", metavar="RATE")] = "",
    tax: Annotated[str, typer.Option("--tax", metavar="RATE")] = "",
    csv: Csv = False,
) -> None:
    """What materials cost and should sell for."""
    rates = [_rate(name, text) for name, text in (("--margin", margin), ("--tax", tax))]
    _show(session, _asking(session).quote(numbers, *rates), as_csv=csv)


def insight_margin(
    session: Session,
    numbers: Numbers = None,
    by: Annotated[str, typer.Option("--by", metavar="WHAT")] = "",
    csv: Csv = False,
) -> None:
    """What orders really earn."""
    if not by:
        _show(session, _asking(session).margins(numbers or ()), as_csv=csv)
        return
    if numbers or by not in DIMENSIONS:
        needed = say("insight_by", known=", ".join(DIMENSIONS))
        raise wrong(say("bad_argument", name="--by", value=by, detail=needed))
    _show(session, _asking(session).group_margins(by), as_csv=csv, table=GROUPS)


def insight_flows(
    session: Session,
    numbers: Numbers = None,
    differing: Annotated[bool, typer.Option("--differing")] = False,
    csv: Csv = False,
) -> None:
    """Whether goods, invoices and money of orders agree."""
    answer = _asking(session).three_flows(numbers or (), differing=differing)
    _show(session, answer, as_csv=csv)


def insight_standing(session: Session, csv: Csv = False) -> None:
    """How customers stand."""
    _show(session, _asking(session).together("customer_standing"), as_csv=csv)


def insight_cash(session: Session, csv: Csv = False) -> None:
    """What money should come in and go out, week by week."""
    _show(session, _asking(session).together("cash_forecast"), as_csv=csv)


def insight_slow(
    session: Session,
    days: Annotated[int | None, typer.Option("--days", metavar="N", min=0)] = None,
    csv: Csv = False,
) -> None:
    """What lies there and has not moved for long."""
    _show(session, _asking(session).slow_stock(days), as_csv=csv)


def insight_grades(session: Session, csv: Csv = False) -> None:
    """How valuable customers are."""
    _show(session, _asking(session).together("customer_grade"), as_csv=csv)


def insight_measures(session: Session, csv: Csv = False) -> None:
    """How each month went."""
    _show(session, _asking(session).together("measures"), as_csv=csv)


# -- asking and showing -----------------------------------------------------------------------


def _asking(session: Session) -> Asking:
    with session.waiting(say("working_insight")):
        return session.app.asking()


def _number(name: str, text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(0)
    if not value.is_finite() or value <= 0:
        raise wrong(say("bad_argument", name=name, value=text, detail=say("need_positive")))
    return value


def _rate(name: str, text: str) -> Decimal | None:
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    if not 0 <= value < 1:
        raise wrong(say("bad_argument", name=name, value=text, detail=say("need_share")))
    return value


def _show(session: Session, answer: Answer, *, as_csv: bool, table: str = "") -> None:
    shown = TABLES[table or answer.object]
    if as_csv:
        writer = csv.writer(sys.stdout)
        writer.writerow(shown.titles())
        writer.writerows(shown.rows(answer))
        return
    told = {
        "object": answer.object,
        "as_of": answer.as_of,
        "missing": answer.missing,
        "stale": answer.stale,
        "records": answer.plain(),
    }
    session.show(told, lambda screen: _render(screen, shown, answer))


def _render(screen: Screen, table: Table, answer: Answer) -> None:
    screen.table(table.headings, table.rows(answer))
    if not answer.records:
        screen.line(say("insight_nothing"))
    times = sorted(set(answer.as_of.values()))
    if times:
        screen.line(say("insight_as_of", first=times[0].strftime("%m-%d %H:%M")), "dim")
    for id, some in (("insight_missing", answer.missing), ("insight_stale", answer.stale)):
        if some:
            screen.mark("!", say(id, inputs=", ".join(word("object", one) for one in some)))


def release(
    session: Session,
    numbers: Numbers = None,
    everything: Annotated[bool, typer.Option("--all")] = False,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
) -> None:
    """Make documents for the ERP of what is suggested."""
    if bool(numbers) == (everything or until is not None):
        raise wrong(say("release_what"))
    with session.waiting(say("working_insight")):
        made = session.app.release(numbers or (), until.date() if until else None, dry_run=dry_run)

    def render(screen: Screen) -> None:
        rows = [(word("object", o.object), o.number, o.material, plainly(o.quantity), o.due_on)
                for o in made]  # fmt: skip
        screen.table(("what", "number", "material", "suggested", "due_on"), rows)
        if not made:
            screen.line(say("release_nothing"))
        elif dry_run:
            screen.line(say("release_would"), "dim")
        else:
            screen.mark("✓", say("release_done"))

    session.show({"released": made}, render)
