"""Working: plan, sync, run, resync."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from connector.cli.output import Screen
from connector.cli.session import DONE, FAILED, PERSON, Keys, Session, command, wrong
from connector.engine.plan import Difference
from connector.messages import say, word
from connector.objects.showing import plainly, readable
from connector.operations.planning import Plan, Planned
from connector.operations.rehearsing import Rehearsal

READ = ("read", "new", "changed", "same", "refused")
STANDING = ("written", "failed", "waiting", "conflicts", "in_doubt")


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    command(cli)(plan)
    command(cli)(sync)
    command(cli, without=("json",))(run)
    command(cli)(resync)


def plan(
    session: Session,
    flow: str,
    key: Keys = None,
    limit: Annotated[int, typer.Option(metavar="N")] = 200,
    summary: Annotated[bool, typer.Option("--summary")] = False,
    since: Annotated[str, typer.Option(metavar="DATE|365d")] = "",
) -> int:
    """What would be written, field by field, or what would stop; writes nothing."""
    app = session.app
    if summary:
        return _rehearse(session, flow, _day(since))
    with session.waiting(say("working_plan")):
        made = app.plan(flow, key or (), limit)
    _show_plan(session, made)
    return DONE


def _day(text: str) -> date | None:
    """`2026-01-31`, or how long ago: `365d`."""
    if not text:
        return None
    try:
        if text.endswith("d"):
            return date.today() - timedelta(days=int(text[:-1]))
        return date.fromisoformat(text)
    except (ValueError, OverflowError):
        detail = say("need_day")
        raise wrong(say("bad_argument", name="--since", value=text, detail=detail)) from None


def _rehearse(session: Session, flow: str, since: date | None) -> int:
    with session.waiting(say("working_plan")):
        found = session.app.rehearse(flow, since)
    session.show(found, lambda screen: _rehearsal(screen, found))
    return FAILED if found.failing else DONE


def _rehearsal(screen: Screen, found: Rehearsal) -> None:
    fine = found.records - found.failing
    counts = {"records": found.records, "fine": fine, "linked": found.linked}
    screen.line(say("rehearsed", **counts), "bold")
    for object, count in found.first.items():
        screen.line(say("created_before", object=word("object", object), count=count))
    rows = (
        [cause.count, cause.who, ", ".join(cause.examples), cause.words] for cause in found.causes
    )
    screen.table(("count", "who", "examples", "words"), rows)


def sync(
    session: Session,
    flows: Annotated[list[str] | None, typer.Argument()] = None,
    allow_gone: Annotated[bool, typer.Option("--allow-gone")] = False,
    allow_creates: Annotated[bool, typer.Option("--allow-creates")] = False,
) -> int:
    """Read and deliver once, until nothing more is due."""
    app = session.app
    with session.bars() as report:
        result = app.sync(
            flows or (), allow_gone=allow_gone, allow_creates=allow_creates, progress=report
        )
    return _show_result(session, result)


def run(
    session: Session,
    log_file: Annotated[Path | None, typer.Option("--log", metavar="FILE")] = None,
) -> int:
    """Be the daemon until told to stop."""
    from connector.daemon import serve

    return serve(session.config, speak=session.speak, log_file=log_file)


def resync(
    session: Session,
    flow: str,
    key: Keys = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE")] = None,
    everything: Annotated[bool, typer.Option("--all")] = False,
    missing: Annotated[bool, typer.Option("--missing")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
) -> int:
    """Read records again with today's mapping, and deliver what that changes."""
    day = since.date() if since else None
    if missing:
        return _bring_back(session, flow, day, dry_run=dry_run)
    if not (key or day or everything):
        raise wrong(say("resync_what"))
    app = session.app
    if dry_run:
        with session.waiting(say("working_plan")):
            made = app.plan_resync(flow, key or (), day)
        _show_plan(session, made)
        return DONE
    with session.bars() as report:
        result = app.resync(
            flow, numbers=key or (), since=day, everything=everything, progress=report
        )
    return _show_result(session, result)


def _bring_back(session: Session, flow: str, since: date | None, *, dry_run: bool) -> int:
    """Show what the target has lost, then create, change or end it once more."""
    with session.waiting(say("working_reconcile")):
        lost = session.app.missing(flow, since)
    for item in lost:
        why = item.words or word("kind", item.kind)
        session.output.tell(f"{item.number or item.key} → {item.target_number}  {why}")
    if dry_run or not lost:
        words = say("lost", count=len(lost))
        session.show({"missing": lost}, lambda screen: screen.line(words, "bold"))
        return PERSON if lost else DONE
    with session.bars() as report:
        result = session.app.bring_back(flow, lost, progress=report)
    return _show_result(session, {"missing": lost, **result})


# -- a plan ---------------------------------------------------------------------------------


def _show_plan(session: Session, made: Plan) -> None:
    value = {"plan": made.items, "more": made.more, "errors": made.errors}
    session.show(value, lambda screen: _plan(screen, made))


def _plan(screen: Screen, made: Plan) -> None:
    for item in made.items:
        _planned(screen, item)
    for name, words in made.errors.items():
        screen.mark("!", f"{name}: {words}")
    screen.line(_summary(made), "bold")


def _planned(screen: Screen, item: Planned) -> None:
    there = f" → {item.target_number}" if item.target_number else ""
    why = "  ".join(text for text in (item.reason, item.note) if text)
    name = f"{item.number or item.key}{there}"
    screen.line(
        f"{word('action', item.action)}  {name}  {why}".rstrip(), _STYLES.get(item.action, "")
    )
    for difference in item.writes:
        now = _there(difference)
        change = f"{now} → " if now else ""
        path = readable(difference.path, item.lines)
        screen.line(f"    {path}: {change}{plainly(difference.ours)}")
    for difference in item.conflicts:
        params = {name: plainly(getattr(difference, name)) for name in ("ours", "base", "theirs")}
        path = readable(difference.path, item.lines)
        screen.mark("!", f"   {say('planned_conflict', path=path, **params)}")


_STYLES = {
    "create": "green",
    "update": "green",
    "advance": "green",
    "adopt": "green",
    "cancel": "yellow",
    "close": "yellow",
    "stop": "red",
}


def _there(difference: Difference) -> str:
    """What the target shows now, else what it showed after our last write."""
    found = difference.theirs if difference.theirs is not None else difference.base
    return "" if found is None else plainly(found)


def _summary(made: Plan) -> str:
    counts = Counter(item.action for item in made.items)
    told = ", ".join(f"{word('action', name)} {count}" for name, count in counts.items())
    more = f" {say('plan_more')}" if made.more else ""
    return (told or str(say("plan_nothing"))) + more


# -- what a run did -------------------------------------------------------------------------


def _show_result(session: Session, result: dict[str, Any]) -> int:
    session.show(result, lambda screen: _result(screen, result))
    return _code(result)


def _result(screen: Screen, result: dict[str, Any]) -> None:
    """A row for each flow that has something to tell, without columns that tell nothing."""
    flows = {name: counts for name, counts in result["flows"].items() if any(counts.values())}
    told = [c for c in (*READ, *STANDING) if any(flow[c] for flow in flows.values())]
    rows = [[name, *(flow[c] or "·" for c in told)] for name, flow in flows.items()]
    screen.table(["flow", *told], rows)
    quiet = len(result["flows"]) - len(flows)
    if quiet:
        screen.line(say("quiet_flows", count=quiet), "dim")
    for name, words in result["errors"].items():
        screen.mark("✗", f"{name}: {words}")
    for words in result["rests"].values():
        screen.mark("‖", words)
    if any(flow["failed"] or flow["conflicts"] for flow in flows.values()):
        screen.line("→ connector failures list")


def _code(result: dict[str, Any]) -> int:
    flows = result["flows"].values()
    if result["errors"] or any(flow["failed"] or flow["refused"] for flow in flows):
        return FAILED
    return PERSON if any(flow["conflicts"] for flow in flows) else DONE
