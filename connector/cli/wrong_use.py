"""A command used wrongly, told in the reader's language with the way to its help.

The command library comes along in two packings (click's own, or typer's copy of it), so its
errors are known by their names.
"""

from __future__ import annotations

import difflib
import sys
from typing import Any

from connector.cli.output import Output
from connector.messages import Message, say

NEEDS = {"limit": "need_whole", "since": "need_date", "seconds": "need_number"}
"""What a parameter of this name must be, where it is no text."""


def is_wrong_use(error: BaseException) -> bool:
    """The command library refused what was typed."""
    return any(kind.__name__ == "ClickException" for kind in type(error).__mro__)


def told(output: Output, error: Any) -> None:
    """Say what is wrong, and where it is explained."""
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.stdout.write(f"{error.ctx.get_help()}\n")
        return
    output.fail(_sentence(error))
    path = error.ctx.command_path if getattr(error, "ctx", None) else "connector"
    output.tell(f"  {path} --help")


def _sentence(error: Any) -> Message | str:
    kind, text = type(error).__name__, str(error.message)
    if kind == "NoSuchOption":
        known = ", ".join(error.possibilities or ()) or "--help"
        return say("no_such_option", name=error.option_name, known=known)
    if kind == "MissingParameter":
        return say("missing_argument", name=_called(error.param))
    if kind == "BadOptionUsage":
        return say("no_value", name=error.option_name)
    if kind == "BadParameter" and error.param is not None:
        return _bad(error.param, text)
    if "No such command" in text:
        return _unknown_command(error, text)
    if text.startswith("Missing command"):
        return say("missing_command")
    if "unexpected extra argument" in text:
        return say("extra_arguments", what=text.partition("(")[2].rpartition(")")[0].split("(")[-1])
    return text


def _bad(parameter: Any, text: str) -> Message:
    name = str(parameter.name)
    detail = say(NEEDS[name]) if name in NEEDS else text
    return say("wrong_argument", name=_called(parameter), detail=detail)


def _unknown_command(error: Any, text: str) -> Message:
    name = text.split("'")[1] if "'" in text else text
    known = list(getattr(error.ctx.command, "commands", ()))
    near = difflib.get_close_matches(name, known, 3) or known
    return say("no_such_command", name=name, known=", ".join(near))


def _called(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.name).upper()
    return " / ".join(parameter.opts)
