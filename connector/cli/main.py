"""`connector`: the commands, and what becomes of whatever goes wrong in one."""

from __future__ import annotations

import locale
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

from connector.cli import (
    audit,
    care,
    console,
    environments,
    going_live,
    insight,
    mappings,
    reports,
    reviews,
    rules,
    running,
    service,
    setup,
    values,
)
from connector.cli.output import Output
from connector.cli.session import DONE, FAILED, WRONG, group
from connector.cli.wrong_use import is_wrong_use, told
from connector.errors import ConfigError, ConnectorError
from connector.messages import LANGUAGES, say, set_language
from connector.store.engine import StoreUnavailable

INTERRUPTED = 130

cli = group()
setup.register(cli)
mappings.register(cli)
going_live.register(cli)
environments.register(cli)
values.register(cli)
running.register(cli)
care.register(cli)
insight.register(cli)
reports.register(cli)
rules.register(cli)
reviews.register(cli)
audit.register(cli)
console.register(cli)
service.register(cli)


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        # A Chinese Windows console is code page 936: what it cannot show must not stop us.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    asked = language_asked(sys.argv[1:])
    if asked:
        os.environ["CONNECTOR_LANG"] = asked  # wherever it stood, the command takes it from here
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


def language_asked(arguments: Sequence[str]) -> str:
    """What `--lang` says, wherever it stands; empty: nothing."""
    for place, argument in enumerate(arguments):
        if argument == "--lang":
            return "".join(arguments[place + 1 : place + 2])
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
    return ""


def spoken(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language asked for, else that of this machine's user, else Chinese."""
    asked = language_asked(arguments) or environment.get("CONNECTOR_LANG", "")
    return asked if asked in LANGUAGES else _of_user(environment)


def _of_user(environment: Mapping[str, str]) -> str:
    names = [environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    if os.name == "nt":  # elsewhere it makes English of a locale that is none
        names.append(locale.getlocale()[0] or "")
    name = next((name for name in names if name), "")
    return "en" if name.lower().startswith("en") else "zh"


def _where(error: BaseException) -> str:
    """A bug in few words that help whoever mends it: what, and where in our files."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if f"{os.sep}connector{os.sep}" in f.filename] or frames[-1:]
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in ours[-2:]]
    return f"{type(error).__name__}: {error} ({' > '.join(places)})"
