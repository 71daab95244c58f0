"""Windows: a scheduled task.

Windows has a service manager, too. It ends a program that does not speak its protocol, and a
library that does brings a host program and DLLs of its own, which a virtual environment is known
to misplace; all that we would gain is a gentle stop, which the daemon does not need. The Task
Scheduler is on every Windows. It starts the daemon with the machine, under an account of little
power; a trigger each minute, ignored while it runs, starts it again however it ended.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from string import Template
from xml.sax.saxutils import escape

from connector.messages import Message, say
from connector.operations.service.steps import Step, Supervisor, program, run, template
from connector.settings import ConfigFile

LOCAL_SERVICE = "S-1-5-19"
"""The account for what needs its own folder and the network alone; by number, since its name
is another in each language. It has no password."""


class TaskScheduler(Supervisor):
    """Tasks of the machine."""

    def install(self, file: ConfigFile, name: str, user: str) -> Sequence[Step]:
        task, folder = str(_task(name)), str(_folder(file))
        account = ("/RU", user, "/RP", "*") if user else ()  # it asks for the password itself
        return [
            run("icacls", folder, "/grant", f"{user or f'*{LOCAL_SERVICE}'}:(OI)(CI)M"),
            Step("write", task, _text(file, user), "utf-16"),
            run("schtasks", "/Create", "/TN", name, "/XML", task, *account, "/F"),
            run("schtasks", "/Run", "/TN", name),
        ]

    def remove(self, name: str) -> Sequence[Step]:
        return [
            run("schtasks", "/End", "/TN", name),
            run("schtasks", "/Delete", "/TN", name, "/F"),
            Step("delete", str(_task(name))),
        ]

    def notes(self, file: ConfigFile, name: str) -> Sequence[Message]:
        names = ", ".join(file.references("env"))
        variables = [say("service_variables_windows", names=names)] if names else []
        return [say("service_look_windows", name=name, log=_log(file)), *variables]


def _task(name: str) -> Path:
    return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData"), f"{name}.task.xml")


def _folder(file: ConfigFile) -> Path:
    return file.path.resolve().parent


def _log(file: ConfigFile) -> Path:
    return _folder(file) / "connector.log"


def _text(file: ConfigFile, user: str) -> str:
    arguments = ["run", "--config", str(file.path.resolve()), "--log", str(_log(file))]
    values = {
        "user": user or LOCAL_SERVICE,
        "program": str(program("connector.exe")),
        "arguments": subprocess.list2cmdline(arguments),
        "folder": str(_folder(file)),
    }
    safe = {name: escape(value) for name, value in values.items()}
    logon = "<LogonType>Password</LogonType>" if user else ""
    return Template(template("connector.xml")).substitute(safe, logon=logon)
