"""What every command shares: options, output, errors and exit codes.

Exit codes: 0 done, 1 something failed, 2 wrong use or configuration, 3 a person is needed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from connector import log
from connector.app import App
from connector.errors import ConfigError, ConnectorError
from connector.messages import say, set_language
from connector.store.engine import StoreUnavailable

DONE, FAILED, WRONG, PERSON = 0, 1, 2, 3

ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", envvar="CONNECTOR_CONFIG", help="Configuration file.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
LangOption = Annotated[
    str | None, typer.Option("--lang", help="Language of messages: zh or en.", show_default=False)
]
CONFIG = Path("config.yaml")


class Output:
    """Where a command's answer goes: a terminal, or JSON on one line."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
        self.errors = Console(file=sys.stderr, highlight=False, soft_wrap=True)

    def show(self, value: Any, render: Callable[[Console], None]) -> None:
        """`value` as JSON, or whatever `render` makes of it for people."""
        if self.as_json:
            sys.stdout.write(json.dumps(value, default=_plain, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        else:
            render(self.console)

    def fail(self, error: BaseException) -> None:
        """One clear message, never a traceback."""
        if self.as_json:
            sys.stdout.write(json.dumps({"error": str(error)}, ensure_ascii=False) + "\n")
        else:
            for line in str(error).splitlines():
                self.errors.print(f"✗ {line}", style="red", markup=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)


@contextmanager
def session(as_json: bool, lang: str | None) -> Iterator[Output]:
    """Run a command: set the language, turn expected errors into one message and a code."""
    if lang:
        if lang not in ("zh", "en"):
            raise typer.BadParameter("zh | en", param_hint="--lang")
        set_language(lang)
    output = Output(as_json)
    try:
        yield output
    except ConfigError as error:
        output.fail(error)
        raise typer.Exit(WRONG) from None
    except StoreUnavailable as error:
        output.fail(ConnectorError(say("store_unavailable", detail=str(error))))
        raise typer.Exit(FAILED) from None
    except ConnectorError as error:
        output.fail(error)
        raise typer.Exit(FAILED) from None


@contextmanager
def opened(config: Path, lang: str | None, level: str = "ERROR") -> Iterator[App]:
    """The façade over a configuration; its language is used unless one was asked for."""
    log.configure(json=False, level=level)
    app = App.open(config, speak=not lang)
    try:
        yield app
    finally:
        app.close()


WRAPPED = frozenset({"words"})
"""Columns that may take several lines; the others never break a name."""


def table(title: str, *columns: str) -> Table:
    """A table in the house style."""
    made = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    for column in columns:
        made.add_column(column, overflow="fold", no_wrap=column not in WRAPPED)
    return made
