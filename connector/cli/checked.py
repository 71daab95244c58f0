"""What `check` found, for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connector.cli.output import Screen
from connector.messages import say, word

Entry = dict[str, Any]


def is_well(found: Sequence[Entry], sees: str) -> bool:
    """We are let in everywhere, calls suffice, and somebody shows the record that was named."""
    seen = any(form["seen"] for entry in found for form in entry.get("sees", ()))
    let_in = all(entry.get("ok", True) for entry in found)
    suffice = all(entry["calls"]["fits"] for entry in found if "calls" in entry)
    return let_in and suffice and (seen or not sees)


def connection(screen: Screen, entry: Entry) -> None:
    """One connection: who we are, what we see, what our settings cost."""
    name = f"{entry['connection']} ({entry['adapter']})"
    if entry.get("ok"):
        known = (entry[item] for item in ("tenant", "user", "version"))
        screen.mark("✓", "  ".join([name, *(str(item) for item in known if item)]))
        _more(screen, entry)
    elif "ok" in entry:
        screen.mark("✗", f"{name}  {entry['error']}")
        _cure(screen, entry)
    if "warning" in entry:
        screen.mark("!", f"{name}  {entry['warning']}")
    for form in entry.get("sees", ()):
        _seen(screen, form)
    if "calls" in entry:
        _calls(screen, name, entry["calls"])


def _more(screen: Screen, entry: Entry) -> None:
    if entry["organisations"]:
        screen.line(f"    {say('sees_organisations', names=', '.join(entry['organisations']))}")
    if entry["sessions"] is not None:
        screen.line(f"    {say('holds_sessions', count=entry['sessions'])}")
    if entry["calls_told"] is not None:
        used, allowed = entry["calls_told"]
        screen.line(f"    {say('tells_calls', used=used, allowed=allowed)}")


def _cure(screen: Screen, entry: Entry) -> None:
    """Who acts and what they do; the remote's own words, where those above are not."""
    screen.line(f"    → {'  '.join(text for text in (entry['who'], entry['do']) if text)}")
    if entry["remote"] != entry["error"]:
        screen.line(f"    {word('head', 'remote')}: {entry['remote']}", "dim")


def _seen(screen: Screen, form: Entry) -> None:
    name = f"{form['form']} ({word('object', form['object'])})"
    if "error" in form:
        screen.mark("✗", f"   {name}  {form['error']}")
        _cure(screen, form)
    else:
        told = say("is_visible" if form["seen"] else "is_not_visible")
        screen.mark("✓" if form["seen"] else "!", f"   {name}  {told}")


def _calls(screen: Screen, name: str, calls: Entry) -> None:
    """What each feed costs a day; a table only where there is a quota to compare with."""
    if calls["allowed"] is None:
        screen.line(f"    {say('expected_calls', total=calls['total'])}", "dim")
        return
    kinds = ("polls", "comparing", "rereading")
    rows = [[feed, *(cost[kind] for kind in kinds)] for feed, cost in calls["feeds"].items()]
    screen.table(("feed", *kinds), rows)
    screen.line(f"    {say('expected_of_quota', **_named(calls))}")
    if not calls["fits"]:
        free = calls["allowed"] - calls["kept"]
        screen.mark("✗", f"{name}  {say('does_not_fit', total=calls['total'], free=free)}")


def _named(calls: Entry) -> Entry:
    return {name: calls[name] for name in ("identity", "total", "allowed", "kept")}
