"""`connector`: the commands, and what becomes of whatever goes wrong in one."""

from __future__ import annotations

import locale
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

from connector.cli import care, running, setup
from connector.cli.output import Output
from connector.cli.session import DONE, FAILED, WRONG
from connector.cli.teaching import TaughtGroup
from connector.cli.wrong_use import is_wrong_use, told
from connector.errors import ConfigError, ConnectorError
from connector.messages import LANGUAGES, say, set_language
from connector.store.engine import StoreUnavailable

INTERRUPTED = 130

cli = typer.Typer(
    name="connector",
    cls=TaughtGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
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
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Carry out one command; the exit code. Whatever is wrong becomes one clear message."""
    set_language(spoken(arguments, os.environ))
    output = Output("--json" in arguments)
    try:
        code = cli(list(arguments), standalone_mode=False, prog_name="connector")
    except ConfigError as error:
        output.fail(error)
        return WRONG
    except StoreUnavailable as error:
        output.fail(say("store_unavailable", detail=error))
        return FAILED
    except ConnectorError as error:
        output.fail(error)
        return FAILED
    except Exception as error:  # noqa: BLE001 - a person reads this, not a programmer
        if not is_wrong_use(error):
            output.fail(say("program_bug", detail=_where(error)))
            return FAILED
        told(output, error)
        return WRONG
    if code == INTERRUPTED:
        output.tell(say("interrupted"))
    return int(code or DONE)


def spoken(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language asked for, else that of this machine's user, else Chinese."""
    asked = [environment.get("CONNECTOR_LANG", "")]
    for place, argument in enumerate(arguments):
        if argument == "--lang":
            asked += arguments[place + 1 : place + 2]
        elif argument.startswith("--lang="):
            asked.append(argument.removeprefix("--lang="))
    known = [name for name in asked if name in LANGUAGES]
    return known[-1] if known else _of_user(environment)


def _of_user(environment: Mapping[str, str]) -> str:
    names = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    name = next((name for name in names if name), "") or (locale.getlocale()[0] or "")
    return "en" if name.lower().startswith("en") else "zh"


def _where(error: BaseException) -> str:
    """A bug in few words that help whoever mends it: what, and where in our files."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if f"{os.sep}connector{os.sep}" in f.filename] or frames[-1:]
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in ours[-2:]]
    return f"{type(error).__name__}: {error} ({' > '.join(places)})"
