"""`connector`: the commands."""

from __future__ import annotations

import sys

import typer

from connector.cli import care, running, setup

cli = typer.Typer(
    name="connector",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="""Joins a company's CRM to its ERP: orders forward, progress back.

    New here? `connector demo` shows the whole thing on this machine in two minutes.
    Then `connector init`, `connector check`, `connector plan orders`, `connector sync`,
    and `connector run` for good.

    Exit codes: 0 done, 1 something failed, 2 wrong use, 3 a person is needed.""",
)

setup.register(cli)
running.register(cli)
care.register(cli)


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        # A Chinese Windows console is code page 936: what it cannot show must not stop us.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    cli()
