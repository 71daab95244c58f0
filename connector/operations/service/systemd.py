"""systemd: the unit beside this file, with what differs put in."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from connector.errors import ConfigError, Problem
from connector.messages import Message, say
from connector.operations.service.steps import Step, Supervisor, program, run, template
from connector.settings import ConfigFile

USER = "connector"
UNITS = Path("/etc/systemd/system")
HIDDEN = tuple(map(Path, ("/home", "/root", "/tmp", "/var/tmp")))  # noqa: S108 - not used
"""What the unit keeps out of the daemon's sight."""


class Systemd(Supervisor):
    """Units of the system, not of a user."""

    def install(self, file: ConfigFile, name: str, user: str) -> Sequence[Step]:
        problems = list(_out_of_reach(file, name))
        if problems:
            raise ConfigError(problems)
        user = user or USER
        return [
            *([] if _is_known(user) else [run("useradd", "--system", "--no-create-home", user)]),
            run("install", "-d", "-m", "0700", str(_secrets(name))),
            Step("write", str(_unit(name)), _text(file, name, user)),
            run("systemctl", "daemon-reload"),
            run("systemctl", "enable", name),
            run("systemctl", "restart", name),
        ]

    def remove(self, name: str) -> Sequence[Step]:
        return [
            run("systemctl", "disable", "--now", name),
            Step("delete", str(_unit(name))),
            run("systemctl", "daemon-reload"),
        ]

    def notes(self, file: ConfigFile, name: str) -> Sequence[Message]:
        names = ", ".join(file.references("env"))
        where = _variables(name)
        variables = [say("service_variables_systemd", names=names, where=where)] if names else []
        return [say("service_look_systemd", name=name), *variables]


def _unit(name: str) -> Path:
    return UNITS / f"{name}.service"


def _secrets(name: str) -> Path:
    return Path(f"/etc/{name}-secrets")


def _variables(name: str) -> Path:
    return _secrets(name) / "environment"


def _is_known(user: str) -> bool:
    found = subprocess.run(["id", "-u", user], capture_output=True, check=False)  # noqa: S603, S607
    return found.returncode == 0


def _out_of_reach(file: ConfigFile, name: str) -> Iterator[Problem]:
    """What the unit would keep the daemon from."""
    for path in (*(path.resolve() for path in file.paths), program("connector")):
        if any(hidden in path.parents for hidden in HIDDEN):
            yield Problem("", say("service_hidden", path=path))
    kind, _, database = file.config.store.partition(":///")
    folder = Path("/var/lib", name)
    if kind == "sqlite" and folder not in Path(database).parents:
        yield Problem(file.place("store"), say("service_store", folder=folder))


def _text(file: ConfigFile, name: str, user: str) -> str:
    command = (str(program("connector")), "run", "--config", str(file.path.resolve()))
    credentials = f"/run/credentials/{name}.service/"
    files = [path for path in file.references("file") if path.startswith(credentials)]
    secrets = [path.removeprefix(credentials) for path in files]
    return _filled(
        {
            "ExecStart": [" ".join(map(_quoted, command))],
            "StateDirectory": [name],
            "WorkingDirectory": [f"/var/lib/{name}"],
            "LoadCredential": [f"{secret}:{_secrets(name) / secret}" for secret in secrets],
            "EnvironmentFile": [f"-{_variables(name)}"],
            "User": [user],
        }
    )


def _filled(lines: Mapping[str, Sequence[str]]) -> str:
    """The unit as shipped, with these lines in the place of its own."""
    unit = template("connector.service")
    text = "# Written by `connector service install`.\n" + unit[unit.index("[Unit]") :]
    for key, values in lines.items():
        made = "".join(f"{key}={value}\n" for value in values).replace("\\", r"\\")
        text = re.sub(rf"(?m)(^{key}=.*\n)+", made, text)
    return text


def _quoted(part: str) -> str:
    """An argument as units write it."""
    text = part.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{text}"' if " " in text else text
