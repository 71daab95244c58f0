"""`connector demo`: two simulated systems, the real daemon, orders flowing, a checked summary.

Everything runs as it would at a site: the sandboxes and the daemon are processes of their own
that speak HTTP (`site`). The demo itself plays the people in both systems (`people`) and shows
what becomes of their orders (`picture`). The end is judged by a program that does not know the
product.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from rich.live import Live

from connector.cli.demo.people import Company
from connector.cli.demo.picture import Picture
from connector.cli.demo.site import Site, opened
from connector.cli.demo.verdict import show
from connector.cli.output import Output
from connector.errors import ConfigError, Problem
from connector.messages import say

LOOK = 1.0
"""Seconds between two looks at both systems."""
ARRIVAL = 30.0
"""Seconds before the end at which nothing new is sold any more."""
GRACE = 35.0
"""Seconds that what is under way may take at most after that."""

Show = Callable[[], None]


def play(
    output: Output, *, seconds: float, sabotage: str = "", keep: bool = False, stay: bool = False
) -> bool:
    """Run the demo; True if the witness finds nothing wrong. `stay`: with the console, and after
    the end the company works on until somebody says stop."""
    if sabotage not in ("", "lose-order"):
        raise ConfigError([Problem("", say("no_sabotage"))])
    with opened(keep=keep, console=stay) as site:
        company = Company(site.crm, site.erp, site.chat)
        if stay:
            output.errors.line(say("demo_console", link=site.invited()))
        picture = Picture(company.events, time.monotonic() + seconds)
        with _screen(output, site, picture) as look:
            _work(site, company, picture, look, until=picture.deadline - ARRIVAL)
            verdict = _settle(site, company, look)
            if sabotage:
                company.lose_an_order()
                verdict = site.verdict()
                look()
        if keep:
            output.errors.line(site.folder.as_posix())
        if stay:
            _stay(output, site, company, verdict)
    if not stay:
        output.show(verdict, lambda screen: show(screen, verdict))
    return bool(verdict["ok"])


def _stay(output: Output, site: Site, company: Company, verdict: dict[str, Any]) -> None:
    """Show the verdict, and work on until Ctrl-C."""
    output.show(verdict, lambda screen: show(screen, verdict))
    output.errors.line(say("demo_stays"))
    with suppress(KeyboardInterrupt):
        while True:
            site.check()
            company.work()
            company.read_the_chat()
            time.sleep(LOOK)


def _work(site: Site, company: Company, picture: Picture, look: Show, *, until: float) -> None:
    """Let the company work; the people begin once the first orders have arrived."""
    while time.monotonic() < until:
        site.check()
        if picture.arrived:
            company.work()
        company.read_the_chat()
        look()
        time.sleep(LOOK)


def _settle(site: Site, company: Company, look: Show) -> dict[str, Any]:
    """Sell nothing more, and wait until both sides agree or the time is up."""
    company.close_the_doors()
    deadline = time.monotonic() + GRACE
    while True:
        site.check()
        company.read_the_chat()
        look()
        verdict = site.verdict()
        if verdict["ok"] or time.monotonic() > deadline:
            return verdict
        time.sleep(LOOK)


@contextmanager
def _screen(output: Output, site: Site, picture: Picture) -> Iterator[Show]:
    """What to do after each look: draw it live, tell a line now and then, or nothing."""
    console = output.screen.console
    if output.as_json or not console.is_terminal:
        told = set[str]()

        def tell() -> None:
            picture.look(site.crm, site.erp)
            if not output.as_json:
                for line in picture.news(told):
                    output.screen.line(line)

        yield tell
        return
    with Live(console=console, auto_refresh=False, vertical_overflow="crop") as live:

        def draw() -> None:
            picture.look(site.crm, site.erp)
            live.update(picture.drawn(console.width, console.height), refresh=True)

        yield draw
