"""What is done to a machine so that the daemon is a service there: a list of steps, made without
touching anything, so that they can be shown first."""

from __future__ import annotations

import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal

from connector.errors import ConnectorError
from connector.messages import Message, say
from connector.settings import ConfigFile


class NotRegistered(ConnectorError):
    """A step failed. All of them may be taken again."""


@dataclass(frozen=True, slots=True)
class Step:
    """A file written or deleted, or a program run."""

    verb: Literal["write", "run", "delete"]
    what: str
    """The file, or the command as one would type it."""
    text: str = ""
    encoding: str = "utf-8"
    command: Sequence[str] = ()


class Supervisor(ABC):
    """What starts services on a kind of machine, and starts them again."""

    @abstractmethod
    def install(self, file: ConfigFile, name: str, user: str) -> Sequence[Step]:
        """What registers the daemon for a configuration and starts it; `user` empty: the usual
        one. Raises ConfigError where it could not run like that."""

    @abstractmethod
    def remove(self, name: str) -> Sequence[Step]:
        """What undoes it; configuration, secrets and store stay."""

    @abstractmethod
    def notes(self, file: ConfigFile, name: str) -> Sequence[Message]:
        """How to look at it, and where it finds the variables that the configuration names."""


def run(*command: str) -> Step:
    """A program run."""
    return Step("run", subprocess.list2cmdline(command), command=command)


def program(name: str) -> Path:
    """A program that was installed beside the interpreter that runs us."""
    return Path(sys.executable).with_name(name)


def template(name: str) -> str:
    """A file of this package."""
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def carry_out(steps: Sequence[Step]) -> None:
    """Take the steps. Raises NotRegistered with the one that failed."""
    for step in steps:
        try:
            _take(step)
        except (OSError, subprocess.CalledProcessError) as error:
            detail = getattr(error, "stderr", "") or getattr(error, "strerror", "") or str(error)
            words = say("service_step_failed", what=step.what, detail=" ".join(detail.split()))
            raise NotRegistered(words) from None


def _take(step: Step) -> None:
    if step.verb == "write":
        Path(step.what).write_text(step.text, step.encoding)
    elif step.verb == "delete":
        Path(step.what).unlink(missing_ok=True)
    else:
        # What it prints or asks for, such as a password, is no part of our answer.
        subprocess.run(  # noqa: S603 - commands of our own
            step.command, check=True, stdout=2, stderr=subprocess.PIPE, text=True, errors="replace"
        )
