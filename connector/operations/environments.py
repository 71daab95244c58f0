"""Environments: configurations of one site, such as one of a test account set and the real one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from connector.assemble import Assembly
from connector.engine.system import System
from connector.errors import ConfigError, Problem
from connector.mapping import coding
from connector.mapping.coding import Coded
from connector.settings import ConfigFile


@dataclass(frozen=True, slots=True)
class Environment:
    """One configuration with its systems within reach; its store is not opened."""

    name: str
    file: ConfigFile
    system: System

    def close(self) -> None:
        for connection in self.system.connections.values():
            connection.adapter.close()
        self.system.store.close()

    def coded(self, name: str) -> Iterator[Coded]:
        """Every code that is named for a connection: by mappings in use, options and settings."""
        flows = [f for f in self.system.flows.values() if f.target and f.target.name == name]
        feeds = [f for f in self.system.feeds.values() if f.connection.name == name]
        yield from chain.from_iterable(coding.read(feed.reader.mapping) for feed in feeds)
        yield from chain.from_iterable(coding.written(flow.mapping) for flow in flows)
        connection = self.system.connections[name]
        for word, where in connection.adapter.coded.items():
            place = self.file.place("connections", name, word)
            yield from _held(getattr(connection.settings, word, ""), where, place)
            for flow in flows:
                value = flow.mapping.options.get(word, "")
                yield from _held(value, where, flow.mapping.options_at)


def _held(value: Any, where: tuple[str, str], place: str) -> Iterator[Coded]:
    """The codes in a setting: one, several or none."""
    for code in value if isinstance(value, list | tuple) else [value]:
        if code not in ("", None):
            yield Coded(*where, str(code), place)


@contextmanager
def opened(config: Path, names: Sequence[str], *, speak: bool) -> Iterator[list[Environment]]:
    """The environments of these names. Raises ConfigError with the mistakes of all.

    `speak`: messages are in the language of the first one from then on.
    """
    problems: list[Problem] = []
    with ExitStack() as held:
        found: list[Environment] = []
        for name in names:
            try:
                file = ConfigFile(_path(config, name), speak=speak and name == names[0])
                found.append(Environment(name, file, Assembly(file).build()))
                held.callback(found[-1].close)
            except ConfigError as error:
                problems += [problem for problem in error.problems if problem not in problems]
        if problems:
            raise ConfigError(problems)
        yield found


def _path(config: Path, name: str) -> Path:
    """A file by its path, or `test` for the `config.test.yaml` beside the configuration."""
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or path.name != name:
        return path
    return config.with_name(f"{config.stem}.{name}{config.suffix}")
