"""The demo's end: what the witness found, in words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connector.cli.output import Screen
from connector.messages import say

FAULTS = ("lost", "doubled", "different", "untold", "unexpected")
MOST = 10
"""Cases of one kind that are shown."""


def show(screen: Screen, verdict: Mapping[str, Any]) -> None:
    """The verdict, claim by claim, and what to do next."""
    screen.line()
    screen.line(say("demo_verdict"), "bold")
    if not verdict.get("arrived"):
        screen.mark("✗", say("demo_nothing"))
    for fault in FAULTS:
        _fault(screen, fault, verdict.get(fault) or ())
    if verdict["ok"]:
        _claims(screen, verdict)
        screen.line(say("demo_next"))


def _claims(screen: Screen, verdict: Mapping[str, Any]) -> None:
    amount = f"{Decimal(verdict['amount']):,.2f}"
    screen.mark("✓", say("demo_once", count=verdict["arrived"]))
    screen.mark("✓", say("demo_exact", lines=verdict["lines"], amount=amount))
    screen.mark("✓", say("demo_back", told=verdict["told"], made=verdict["made"]))
    screen.mark("✓", say("demo_explained", count=verdict["explained"]))


def _fault(screen: Screen, fault: str, cases: Any) -> None:
    if not cases:
        return
    screen.mark("✗", say("demo_fault", fault=fault, count=len(cases)))
    for case in cases[:MOST]:
        screen.line(f"    {case}", "red")
