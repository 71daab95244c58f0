"""`python -m sandbox SYSTEM`: serve a simulated system until told to stop."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

from .company import BadCompanyData, load_company
from .server import Application, Options, serve

HERE = Path(__file__).parent
SYSTEMS = tuple(sorted(path.parent.name for path in HERE.glob("*/application.py")))
"""What can be simulated: each a package whose `create` makes it from a company and options."""


class WrongUse(ValueError):
    """The command line cannot be followed; the message says why."""


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM: 0. Wrong use: 2 and one sentence."""
    options = _parser().parse_args(argv)
    try:
        application = _build(options)
        server = serve(application, options.port, options.host)
    except (WrongUse, BadCompanyData, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    url = f"http://127.0.0.1:{server.server_address[1]}"
    _stop_on_signals(server.shutdown)
    _announce(application, url, as_json=options.json)
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("system", metavar="SYSTEM", help=", ".join(SYSTEMS))
    parser.add_argument("--port", type=int, default=0, help="0 (default): a free one")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at")
    parser.add_argument("--load", metavar="DIR|demo", help="the company that fills it")
    parser.add_argument("--json", action="store_true", help="announce in one line of JSON")
    parser.add_argument("--limits", choices=("vendor", "off"), default="off")
    parser.add_argument(
        "--numbering",
        choices=("manual", "erp"),
        default="manual",
        help="who numbers an ERP's bills",
    )
    parser.add_argument(
        "--side",
        choices=("crm", "erp"),
        default="erp",
        help="what a system that may be either is filled as",
    )
    parser.add_argument("--switch", metavar="NAME=JSON", action="append", default=[])
    parser.add_argument("--seed", type=int, default=1, help="of the company and of the faults")
    return parser


def _build(options: argparse.Namespace) -> Application:
    if options.system not in SYSTEMS:
        raise WrongUse(f"unknown system {options.system!r}; there are: {', '.join(SYSTEMS)}")
    switches = dict(_switch(text) for text in options.switch)
    company = load_company(options.load, seed=options.seed) if options.load else None
    choice = Options(
        numbering=options.numbering, limits=options.limits, side=options.side, seed=options.seed
    )
    application: Application = import_module(f"sandbox.{options.system}").create(company, choice)
    unknown = sorted(set(switches) - set(application.switches))
    if unknown:
        known = ", ".join(sorted(application.switches))
        raise WrongUse(f"unknown switches {', '.join(unknown)}; there are: {known}")
    application.switches.update(switches)
    return application


def _switch(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        raise WrongUse(f"--switch {text}: after {name}= there must be JSON") from None


def _announce(application: Application, url: str, *, as_json: bool) -> None:
    settings, env = application.settings(url)
    if as_json:
        line = {"system": application.system, "url": url, "settings": settings, "env": env}
        text = json.dumps(line)
    else:
        text = "\n".join(_to_paste(application.system, url, settings, env))
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _to_paste(
    system: str, url: str, settings: Mapping[str, Any], env: Mapping[str, str]
) -> Iterator[str]:
    """For people: what goes into a configuration, and into the environment."""
    yield f"{system} is served at {url}. A connection of a configuration:\n"
    yield from (f"    {name}: {json.dumps(value)}" for name, value in settings.items())
    yield "\nIts secrets, for the environment:\n"
    yield from (f"    export {name}={value}" for name, value in env.items())


def _stop_on_signals(stop: Callable[[], None]) -> None:
    """`shutdown` waits for the loop that the signal interrupted, so a thread calls it."""

    def handler(number: int, frame: FrameType | None) -> None:
        threading.Thread(target=stop).start()

    signal.signal(signal.SIGINT, handler)
    signal.signal(signal.SIGTERM, handler)


if __name__ == "__main__":
    raise SystemExit(main())
