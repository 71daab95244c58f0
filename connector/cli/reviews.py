"""Reviews: what waits for whom, and answers."""

from __future__ import annotations

from typing import Annotated

import typer

from connector.cli.output import Screen, moment
from connector.cli.session import DONE, PERSON, Session, command, group, wrong
from connector.messages import say, word
from connector.operations.reviewing import Remark, Reply, Shown

Department = Annotated[str, typer.Option("--department", "-d", metavar="NAME")]
Comment = Annotated[str, typer.Option("--comment", metavar="TEXT")]
To = Annotated[list[str] | None, typer.Option("--to", metavar="NAME")]
Given = Annotated[list[str] | None, typer.Option("--give", metavar="FIELD=VALUE")]


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    made = group()
    for function in (
        review_list, review_show, review_approve, review_refuse, review_return, review_say,
        review_delegate, review_release, review_accept, review_times,
    ):  # fmt: skip
        command(made)(function)
    cli.add_typer(made, name="review")


def review_list(session: Session) -> int:
    """Reviews under way."""
    found = session.app.reviews()

    def render(screen: Screen) -> None:
        for one in found:
            _show(screen, one)

    session.show({"reviews": found}, render)
    return PERSON if found else DONE


def review_show(session: Session, flow: str, number: str) -> None:
    """A record's newest review."""
    one = session.app.review(flow, number)
    session.show(one, lambda screen: _show(screen, one))


def _show(screen: Screen, one: Shown) -> None:
    ended = f"  {one.why}" if one.why else ""
    screen.line(f"{one.flow} {one.number or one.key}  {moment(one.at)}{ended}", "bold")
    rows = [
        [said.department, word("answer", said.state), said.who, f"{said.waited / 3600:.1f}",
         said.comment or ", ".join(f"{n} = {v}" for n, v in (said.given or said.evidence).items())]
        for said in one.departments
    ]  # fmt: skip
    screen.table(("department", "verdict", "who", "hours", "comment"), rows)
    screen.table(("at", "person", "what", "text"), [_remark(one) for one in one.remarks])


def _remark(one: Remark) -> list[str]:
    what = word("remark", one.kind)
    what = f"{one.department}: {what}" if one.department else what
    what = f"{what} → {', '.join(one.asks)}" if one.asks else what
    return [moment(one.at), one.who, what, one.text]


def review_approve(
    session: Session,
    flow: str,
    number: str,
    department: Department,
    comment: Comment = "",
    give: Given = None,
) -> None:
    """Approve for a department."""
    given = dict(one.partition("=")[::2] for one in give or [])
    if "" in given or any("=" not in one for one in give or []):
        detail = say("need_pair")
        value = ", ".join(give or [])
        raise wrong(say("bad_argument", name="--give", value=value, detail=detail))
    _answer(session, flow, number, department, Reply("approved", comment, given))


def review_refuse(
    session: Session, flow: str, number: str, department: Department, comment: Comment
) -> None:
    """Refuse for a department."""
    _answer(session, flow, number, department, Reply("refused", comment))


def review_return(
    session: Session,
    flow: str,
    number: str,
    department: Department,
    comment: Comment,
    to: To = None,
) -> None:
    """Return a record with a question."""
    _answer(session, flow, number, department, Reply("returned", comment, asks=tuple(to or ())))


def _answer(session: Session, flow: str, number: str, department: str, reply: Reply) -> None:
    state = session.app.answer_review(flow, number, department, reply)
    words = say("review_now", number=number, state=word("reviewed", state))
    session.show({"state": state}, lambda screen: screen.line(words))


def review_say(session: Session, flow: str, number: str, text: str, to: To = None) -> None:
    """Say something of a record under review, without deciding anything."""
    session.app.say_review(flow, number, text, to or ())
    words = say("review_noted", number=number)
    session.show({"number": number}, lambda screen: screen.line(words))


def review_delegate(
    session: Session,
    flow: str,
    number: str,
    department: Department,
    to: Annotated[str, typer.Option("--to", metavar="PERSON")],
) -> None:
    """Somebody else answers for a department."""
    session.app.delegate_review(flow, number, department, to)
    words = say("review_delegated", department=department, to=to)
    session.show({"to": to}, lambda screen: screen.line(words))


def review_release(
    session: Session,
    flow: str,
    number: str,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT")],
) -> None:
    """An admin lets a record go without its review."""
    session.app.release_review(flow, number, reason)
    words = say("review_now", number=number, state=word("reviewed", "released"))
    session.show({"state": "released"}, lambda screen: screen.line(words))


def review_accept(session: Session, flow: str) -> None:
    """An admin accepts that a flow's review is another one."""
    session.app.accept_review(flow)
    words = say("review_accepted", flow=flow)
    session.show({"flow": flow}, lambda screen: screen.line(words))


def review_times(session: Session) -> None:
    """How long departments take."""
    found = session.app.review_times()

    def render(screen: Screen) -> None:
        rows = [[department, count, f"{each / 3600:.1f}"] for department, count, each in found]
        screen.table(("department", "answers", "hours"), rows)

    told = [{"department": d, "answers": n, "seconds": s} for d, n, s in found]
    session.show({"departments": told}, render)
