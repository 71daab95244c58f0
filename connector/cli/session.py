"""What every command shares: its options, its façade, its answer and its exit code.

A command is a function of a `Session` and its own parameters; `command` gives it `--config`,
`--json` and `--lang`. Exit codes: 0 done, 1 something failed, 2 wrong use or configuration,
3 a person is needed.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, cast, get_type_hints

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from connector import log
from connector.app import App
from connector.cli.output import Output, Screen
from connector.cli.teaching import TaughtCommand, TaughtGroup
from connector.engine.dispatch import Progress as Report
from connector.entrance import Entrance
from connector.errors import ConfigError, Problem
from connector.messages import LANGUAGES, Message, say, set_language

DONE, FAILED, WRONG, PERSON = 0, 1, 2, 3

Config = Annotated[Path, typer.Option("--config", "-c", envvar="CONNECTOR_CONFIG", metavar="FILE")]
Json = Annotated[bool, typer.Option("--json")]
Lang = Annotated[str, typer.Option("--lang", envvar="CONNECTOR_LANG", metavar="zh|en")]
Keys = Annotated[list[str] | None, typer.Option("--key", "-k", metavar="NUMBER")]

_SHARED: dict[str, tuple[Any, Any]] = {
    "config": (Config, Path("config.yaml")),
    "json": (Json, False),
    "lang": (Lang, ""),
}


class Session:
    """One command being carried out."""

    def __init__(self, json: bool, lang: str, config: Path | None = None) -> None:
        self.config = config or Path("config.yaml")
        self.output = Output(json)
        self.speak = not lang
        """Messages are in the configuration's language: nobody asked for another."""
        self._app: App | None = None
        if lang and lang not in LANGUAGES:
            detail = say("need_choice", known=", ".join(LANGUAGES))
            raise wrong(say("bad_argument", name="--lang", value=lang, detail=detail))
        if lang:
            set_language(lang)

    @property
    def app(self) -> App:
        """The façade over the configuration; opened when first asked for."""
        if self._app is None:
            self._app = self._opened(draft=False)
        return self._app

    @property
    def draft(self) -> App:
        """The same, where something may still have to be filled in: nothing can be called."""
        if self._app is None:
            self._app = self._opened(draft=True)
        return self._app

    def _opened(self, *, draft: bool) -> App:
        self.quiet()
        app = App.open(self.config, speak=self.speak, draft=draft)
        app.on_hand_over(lambda: self.output.tell(say("handed_over")))
        return cast(App, Entrance(app, app.who))

    def ask(self, words: Message, choices: Sequence[str], usual: str) -> str:
        """One of these, by its name or its place; `usual` where nobody is there to answer."""
        console = self.output.errors.console
        if self.output.as_json or not (sys.stdin.isatty() and console.is_terminal):
            return usual
        self.output.errors.line(words)
        for n, one in enumerate(choices, 1):
            self.output.errors.line(f"  {n:>2}  {one}")
        places = {str(n): one for n, one in enumerate(choices, 1)}
        chosen = ""
        while chosen not in choices:
            given = console.input(f"[{usual}] ").strip() or usual
            chosen = places.get(given, given)
        return chosen

    def quiet(self) -> None:
        """Logs tell errors alone; the command itself says what it has to."""
        log.configure(json=False, level="ERROR")

    def close(self) -> None:
        if self._app is not None:
            self._app.close()

    def show(self, value: Any, render: Callable[[Screen], None]) -> None:
        """The command's answer; see `Output.show`."""
        self.output.show(value, render)

    @contextmanager
    def waiting(self, words: Message) -> Iterator[None]:
        """A sign of life while something takes its time."""
        console = self.output.errors.console
        if self.output.as_json or not console.is_terminal:
            yield
            return
        with console.status(str(words)):
            yield

    @contextmanager
    def bars(self) -> Iterator[Report]:
        """A line per feed and flow that moves while it works."""
        console = self.output.errors.console
        if self.output.as_json or not console.is_terminal:
            yield lambda _, __: None
            return
        with _progress(console) as bars:
            tasks: dict[str, Any] = {}

            def report(name: str, count: int) -> None:
                if name not in tasks:
                    tasks[name] = bars.add_task(name, total=None)
                bars.advance(tasks[name], count)

            yield report


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=console, transient=True)


def wrong(words: Message) -> ConfigError:
    """The command was used wrongly: exit code 2."""
    return ConfigError([Problem("", words)])


def group() -> typer.Typer:
    """Commands under one name. It takes `--lang` itself, so that it may stand anywhere."""

    def anywhere(lang: Lang = "") -> None:
        """`main` has seen to it already."""

    made = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)
    made.callback(cls=TaughtGroup, no_args_is_help=True)(anywhere)
    return made


def command(
    group: typer.Typer, name: str = "", *, without: tuple[str, ...] = ()
) -> Callable[[Callable[..., int | None]], Callable[..., None]]:
    """Register a command. `without`: shared options that make no sense for it."""

    def register(function: Callable[..., int | None]) -> Callable[..., None]:
        shared = {k: v for k, v in _SHARED.items() if k not in without}

        def run(**given: Any) -> None:
            asked = {k: given.pop(k, v) for k, (_, v) in _SHARED.items()}
            session = Session(asked["json"], asked["lang"], asked["config"])
            try:
                code = function(session, **given)
            finally:
                session.close()
            raise typer.Exit(code or DONE)

        own = name or function.__name__.rpartition("_")[2]
        _declare(run, function, shared)
        group.command(own, cls=TaughtCommand)(run)
        return run

    return register


def _declare(run: Any, function: Any, shared: dict[str, tuple[Any, Any]]) -> None:
    """Give `run` the signature that is read off it: the function's own, and what is shared."""
    hints = get_type_hints(function, include_extras=True)
    keyword = inspect.Parameter.KEYWORD_ONLY
    _, *own = inspect.signature(function).parameters.values()
    parameters = [p.replace(annotation=hints[p.name], kind=keyword) for p in own]
    parameters += [
        inspect.Parameter(name, keyword, default=default, annotation=kind)
        for name, (kind, default) in shared.items()
    ]
    run.__signature__ = inspect.Signature(parameters)
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    run.__doc__ = function.__doc__
