"""Caring: status, failures, trace, reconcile, link, connection, store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from connector.cli.output import Screen, moment
from connector.cli.session import DONE, PERSON, Keys, Session, command, group
from connector.messages import Message, say, word
from connector.objects.showing import plainly, readable
from connector.operations import restoring
from connector.operations.reconciling import Finding
from connector.operations.tracing import Story
from connector.operations.upgrading import rehearse_upgrade


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    command(cli)(status)
    command(cli)(trace)
    command(cli)(reconcile)
    groups: dict[str, tuple[Callable[..., int | None], ...]] = {
        "failures": (
            failures_list,
            failures_show,
            failures_retry,
            failures_discard,
            failures_resolve,
        ),
        "link": (link_show, link_set, link_create, link_remove),
        "connection": (
            connection_pause,
            connection_resume,
            connection_move,
            connection_forget,
        ),
        "flow": (flow_pause, flow_resume),
        "store": (store_upgrade, store_backup, store_restored, store_trust, store_views),
    }
    for name, functions in groups.items():
        made = group()
        for function in functions:
            command(made)(function)
        cli.add_typer(made, name=name)


# -- status -----------------------------------------------------------------------------------


def status(session: Session) -> None:
    """Connections, flows with their promise, what waits."""
    app = session.app
    found = app.status()
    # The lock on a store of our own tells at once; of others daemons tell themselves.
    runs = app.daemon_runs()
    found |= {"daemon": bool(found["daemons"]) if runs is None else runs}
    session.show(found, lambda screen: _status(screen, found))


def _status(screen: Screen, found: dict[str, Any]) -> None:
    if found["restored_at"]:
        screen.mark("!", say("store_was_restored", at=moment(found["restored_at"])))
    for name, entry in found["connections"].items():
        where = "  ".join(entry["fingerprint"].split("|")) or str(say("never_used"))
        screen.mark("‖" if entry["paused"] else "●", f"{name}  {where}")
        if entry["paused"]:
            until = moment(entry["until"]) or "∞"
            screen.line(f"    {say('paused_until', until=until, why=entry['paused'])}")
        if entry["do"]:
            screen.line(f"    → {entry['who']}: {entry['do']}", "dim")
        if entry["forms"].get("problems"):
            screen.mark("!", say("forms_lack", count=entry["forms"]["problems"]))
        _limits(screen, entry)
    daemons = ", ".join(found["daemons"])
    there = say("daemon_where", where=daemons) if daemons else ""
    screen.line(say("daemon_runs", where=there) if found["daemon"] else say("daemon_rests"))
    states = ("in_sync", "pending", "sending", "in_doubt", "stopped")
    screen.table(
        ("flow", "way", "read_at", *states, "last_hour", "class"),
        (_flow_row(name, flow, states) for name, flow in found["flows"].items()),
    )
    for name, flow in found["flows"].items():
        _flow_is_paused(screen, name, flow)
    for name, run in found["observed"].items():
        counts = ", ".join(f"{word('action', a)} {n}" for a, n in run["counts"].items())
        words = run["error"] or counts or say("plan_nothing")
        screen.line(say("observed", flow=name, at=moment(run["at"]), words=words))
    for promise in sorted({flow["promise"] for flow in found["flows"].values()} - {""}):
        screen.line(f"  {promise}", "dim")
    _waiting(screen, found["flows"])


def _limits(screen: Screen, entry: dict[str, Any]) -> None:
    """Calls of today, closed hours, and what rests because of either."""
    calls = entry["calls"]
    if calls["allowed"] is not None:
        screen.line(f"    {say('calls_of_quota', **calls)}")
    elif calls["today"]:
        screen.line(f"    {say('calls_today', today=calls['today'])}", "dim")
    if entry["closed_until"]:
        screen.line(f"    {say('closed_until', until=moment(entry['closed_until']))}")
    for why, parts in entry["rests"].items():
        screen.line(f"    ‖ {', '.join(parts)}: {why}")


def _flow_is_paused(screen: Screen, name: str, flow: dict[str, Any]) -> None:
    if flow["paused"]:
        why, since = flow["paused"], moment(flow["paused_at"])
        screen.mark("‖", f"{name}  {say('paused_since', since=since, why=why)}")


def _flow_row(name: str, flow: dict[str, Any], states: tuple[str, ...]) -> list[Any]:
    observed = " (observe)" if flow["mode"] == "observe" and flow["to"] else ""
    way = f"{flow['from']} → {flow['to']}{observed}"
    counts = [flow["states"].get(state, "·") for state in states]
    return [name, way, moment(flow["read_at"]), *counts, flow["last_hour"] or "·", flow["class"]]


def _waiting(screen: Screen, flows: dict[str, Any]) -> None:
    """What is not in sync, and why."""
    rows = []
    for name, flow in flows.items():
        for both, count in flow["reasons"].items():
            state, _, reason = both.partition("/")
            if state in ("pending", "in_doubt", "stopped"):
                told = (word("state", state), word("reason", reason), reason)
                rows.append([name, *told, count, moment(flow["oldest"][both])])
    if rows:
        screen.line()
        screen.table(("flow", "state", "reason", "code", "count", "oldest"), rows)


# -- trace ------------------------------------------------------------------------------------


def trace(session: Session, object: str, number: str) -> None:
    """A record's whole story, in order."""
    stories = session.app.trace(object, number)

    def render(screen: Screen) -> None:
        for story in stories:
            _story(screen, story)

    session.show({"stories": stories}, render)


def _story(screen: Screen, story: Story) -> None:
    kind = word("object", story.object)
    screen.line(f"{kind} {story.number}  ({story.connection} {story.key})", "bold")
    for link in story.links:
        screen.line(f"  = {link['target']} {link['target_number']} ({link['target_key']})")
    for row in story.deliveries:
        told = (word("state", row["state"]), row["reason"] and word("reason", row["reason"]))
        step = word("step", row["step"]) if row["step"] else ""
        words = "  ".join(text for text in (*told, step, row["words"]) if text)
        screen.line(f"  {row['flow']}: {words}")
    screen.line(f"  {say('times_in', zone=story.zone)}", "dim")
    screen.table(
        ("at", "where", "what", "words"),
        (
            (f"{event.at:%Y-%m-%d %H:%M:%S}", event.where, word("event", event.what), event.words)
            for event in story.events
        ),
    )


# -- reconcile --------------------------------------------------------------------------------


def reconcile(
    session: Session,
    flow: str,
    repair: Annotated[bool, typer.Option("--repair")] = False,
) -> int:
    """Compare what was delivered with what the target shows now."""
    app = session.app
    with session.waiting(say("working_reconcile")):
        findings = app.reconcile(flow, repair=repair)

    def render(screen: Screen) -> None:
        for item in findings:
            _finding(screen, item)
        screen.line(say("findings", count=len(findings)), "bold")
        if findings:
            screen.line(say("repairing", flow=flow) if repair else say("repair_how", flow=flow))

    session.show({"findings": findings}, render)
    return PERSON if findings and not repair else DONE


def _finding(screen: Screen, item: Finding) -> None:
    name = f"{item.number or item.key} → {item.target_number}"
    screen.mark("!", f"{word('kind', item.kind)}  {name}  {item.words}".rstrip())
    for difference in item.differences:
        path = readable(difference.path, item.lines)
        screen.line(f"    {path}: {plainly(difference.base)} → {plainly(difference.theirs)}")


# -- failures ---------------------------------------------------------------------------------


def failures_list(
    session: Session,
    flow: Annotated[str, typer.Argument()] = "",
    ignored: Annotated[bool, typer.Option("--all")] = False,
) -> int:
    """What waits for a person."""
    found = session.app.failures(flow, ignored=ignored)

    def render(screen: Screen) -> None:
        for item in found:
            _failure(screen, item)
        screen.line(say("failures_count", count=len(found)), "bold")

    session.show({"failures": found}, render)
    return PERSON if found else DONE


def _failure(screen: Screen, item: dict[str, Any]) -> None:
    name, since = item["number"] or item["key"], moment(item["since"])
    reason = f"{word('reason', item['reason'])} ({item['reason']})"
    screen.mark("✗", f"{item['flow']}  {name}  {reason}  {item['who']}  {since}")
    ended = f"{say('ended_there')} " if item["ended"] else ""
    screen.line(f"    {ended}{item['words']}")
    if item["do"]:
        screen.line(f"    → {item['do']}", "dim")


def failures_show(session: Session, flow: str, number: str) -> None:
    """One of them in full."""
    item = session.app.failure(flow, number)

    def render(screen: Screen) -> None:
        _failure(screen, item)
        for name in ("key", "target_number", "remote", "step", "attempts"):
            if item[name] not in ("", 0):
                screen.line(f"    {word('head', name)}: {item[name]}")
        if item["attempt"]:
            _attempt(screen, item["attempt"])

    session.show({"failures": [item]}, render)


def _attempt(screen: Screen, attempt: dict[str, Any]) -> None:
    told = f"{moment(attempt['at'])}  {word('event', attempt['outcome'])}  {attempt['words']}"
    screen.line(f"    {say('last_attempt')}: {told}")
    for name in ("code", "answer", "request"):
        if attempt[name]:
            screen.line(f"    {word('head', name)}: {attempt[name]}")


def failures_retry(
    session: Session,
    flow: str,
    key: Keys = None,
    ours: Annotated[bool, typer.Option("--ours")] = False,
) -> None:
    """Let stopped records go again."""
    count = session.app.retry(flow, key or (), ours=ours)
    _decided(session, {"count": count}, say("retried", count=count), flow)


def failures_discard(
    session: Session,
    flow: str,
    key: Annotated[list[str], typer.Option("--key", "-k", metavar="NUMBER")],
) -> None:
    """Set records aside until their next change."""
    count = session.app.discard(flow, key)
    _decided(session, {"count": count}, say("set_aside", count=count))


def failures_resolve(
    session: Session,
    flow: str,
    number: str,
    entered_as: Annotated[str, typer.Option("--entered-as", metavar="NUMBER")],
) -> int:
    """Somebody has typed it into the target by hand."""
    agreed = session.app.set_link(flow, number, entered_as, agreed=True)
    unclear = bool(agreed.unclear)
    words = say("rows_not_paired" if unclear else "entered", number=number, there=entered_as)
    session.show(agreed, lambda screen: screen.mark("!" if unclear else "✓", words))
    return PERSON if unclear else DONE


def _decided(session: Session, value: Any, words: Message, flow: str = "") -> None:
    """Something was noted; with a flow, what will carry it out."""

    def render(screen: Screen) -> None:
        screen.mark("✓", words)
        if flow and session.app.daemon_runs() is False:
            screen.line(f"  → connector sync {flow}")

    session.show(value, render)


# -- links ------------------------------------------------------------------------------------


def link_show(session: Session, object: str, number: str) -> None:
    """A record's counterparts."""
    found = session.app.links(object, number)
    headings = ("source", "source_number", "target", "target_number", "origin", "at")

    def render(screen: Screen) -> None:
        screen.table(
            headings,
            ([*(link[h] for h in headings[:-1]), moment(link["at"])] for link in found),
        )
        if not found:
            screen.line(say("no_link"))

    session.show({"links": found}, render)


def link_set(session: Session, flow: str, number: str, target_number: str) -> None:
    """This source record is that target record."""
    session.app.set_link(flow, number, target_number)
    words = say("link_is_set", number=number, there=target_number)
    _decided(session, {"ok": True}, words, flow)


def link_create(session: Session, flow: str, number: str) -> None:
    """Create an unlinked record after all."""
    count = session.app.create_anew(flow, number)
    _decided(session, {"count": count}, say("retried", count=count), flow)


def link_remove(session: Session, flow: str, number: str) -> None:
    """Forget a record's counterpart."""
    count = session.app.remove_link(flow, number)
    words = say("link_is_removed", flow=flow, number=number) if count else say("no_link")
    _decided(session, {"count": count}, words)


# -- connections, flows and the store ---------------------------------------------------------


def connection_pause(session: Session, name: str) -> None:
    """Leave it alone until resumed."""
    _change(session, "pause", name)


def connection_resume(session: Session, name: str) -> None:
    """Use it again, at once."""
    _change(session, "resume", name)


def connection_move(session: Session, name: str) -> None:
    """The same account set has a new address."""
    _change(session, "move", name)


def connection_forget(session: Session, name: str) -> None:
    """Another account set: drop what was learnt from the old one."""
    _change(session, "forget", name)


def _change(session: Session, verb: str, name: str) -> None:
    now = session.app.change_connection(verb, name)
    words = {
        "pause": say("connection_is_paused", name=name),
        "resume": say("connection_is_resumed", name=name),
        "move": say("connection_is_moved", name=name, now=now),
        "forget": say("connection_is_forgotten", name=name),
    }
    _decided(session, {verb: name, "now": now}, words[verb])


def flow_pause(
    session: Session, flow: str, reason: Annotated[str, typer.Option("--reason")] = ""
) -> None:
    """Deliver nothing more by a flow until resumed."""
    session.app.change_flow("pause", flow, reason)
    _decided(session, {"pause": flow}, say("flow_is_paused", name=flow))


def flow_resume(session: Session, flow: str) -> None:
    """Deliver by it again."""
    session.app.change_flow("resume", flow)
    _decided(session, {"resume": flow}, say("flow_is_resumed", name=flow), flow)


def store_upgrade(
    session: Session, rehearse: Annotated[bool, typer.Option("--rehearse")] = False
) -> None:
    """Bring the store to this version's schema; opening it does that."""
    if rehearse:
        rows = rehearse_upgrade(session.config)
        session.show({"rows": rows}, lambda screen: _rehearsed(screen, rows))
        return
    where = str(session.app.system.store.url)
    _decided(session, {"store": where}, say("store_is_current", store=where))


def _rehearsed(screen: Screen, rows: dict[str, int]) -> None:
    screen.table(("table", "count"), rows.items())
    screen.mark("✓", say("upgrade_rehearsed"))


def store_restored(session: Session) -> None:
    """The store was put back from a backup: be careful from now on."""
    session.app.store_was_restored()
    _decided(session, {"restored": True}, say("store_restored"))


def store_trust(session: Session) -> None:
    """Both sides have been compared after a restore."""
    trusted = session.app.trust_store()
    _decided(session, {"trusted": trusted}, say("store_trusted" if trusted else "plan_nothing"))


def store_views(
    session: Session, remove: Annotated[bool, typer.Option("--remove")] = False
) -> None:
    """Make views for the reports of others, or take them away."""
    names = session.app.make_views(wanted=not remove)

    def render(screen: Screen) -> None:
        screen.mark("✓", say("views_dropped" if remove else "views_made", count=len(names)))
        if not remove:
            screen.line(", ".join(names), "dim")

    session.show({"views": names}, render)


def store_backup(session: Session, target: Path) -> None:
    """Copy an SQLite store while it is in use."""
    restoring.back_up(session.app.system, target)
    _decided(session, {"backup": target.as_posix()}, say("backed_up", path=target))
