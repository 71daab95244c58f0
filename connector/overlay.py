"""A configuration that is laid over others: `extends` names the file below.

Mappings are merged, deep; whatever else stands in both is the upper file's. Every value keeps
the file in which it stands: a mistake is named there, a relative path starts there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector import yamlfile
from connector.errors import ConfigError, Problem
from connector.messages import Message, say

EXTENDS = "extends"


@dataclass(frozen=True, slots=True)
class Found:
    """How far a path leads in one file."""

    file: Path
    depth: int
    """Items of the path that stand there."""
    place: str
    """Of the last of them."""
    hides: bool
    """What the path wants next is not looked for in the files below."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One file, with the places of everything in it."""

    file: Path
    node: Any
    at: str = ""
    """Where it stands, of a part of a file."""

    @classmethod
    def read(cls, file: Path, asked_at: str = "") -> Layer:
        """`asked_at`: where the file is named, if it is. Raises ConfigError."""
        if not file.is_file():
            words = say("no_extended", name=file.as_posix()) if asked_at else say("no_config")
            raise _wrong(asked_at or file.as_posix(), words)
        try:
            return cls(file, yamlfile.load(file))
        except yamlfile.YamlFault as fault:
            raise _wrong(fault.place, say(fault.reason, detail=fault.detail)) from None

    @property
    def below(self) -> Path | None:
        """The file that this one is laid over; None: it stands alone."""
        name = self.node.get(EXTENDS) if isinstance(self.node, dict) else None
        return _beside(self.file, name) if isinstance(name, str) and name else None

    def find(self, path: Sequence[Any]) -> Found:
        name = self.file.as_posix()
        node, place = self.node, self.at or yamlfile.place(name, self.node)
        for depth, item in enumerate(path):
            if not _holds(node, item):
                return Found(self.file, depth, place, hides=not isinstance(node, dict))
            place = yamlfile.place(name, node, item)
            node = node[item]
        return Found(self.file, len(path), place, hides=True)

    def inside(self, path: Sequence[Any]) -> Layer | None:
        """What stands at a path, as a layer of its own; None: nothing."""
        found = self.find(path)
        if found.depth < len(path):
            return None
        node = self.node
        for item in path:
            node = node[item]
        return Layer(self.file, {} if node is None else node, found.place)


class Layers:
    """Files that are laid over each other, the uppermost first."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._layers = list(layers)

    @classmethod
    def of(cls, path: Path) -> Layers:
        """A configuration file and those below it. Raises ConfigError where one of them cannot be
        read, or comes again below itself."""
        layers = [Layer.read(path)]
        while (below := layers[-1].below) is not None:
            layers.append(_below(layers, below))
        return cls(layers)

    def inside(self, *path: Any) -> Layers:
        """What they say of one item, as layers of its own."""
        found = (layer.inside(path) for layer in self._layers)
        return Layers([layer for layer in found if layer is not None])

    def over(self, layer: Layer) -> Layers:
        """The same with one more below them all."""
        return Layers([*self._layers, layer])

    @property
    def files(self) -> list[Path]:
        return [layer.file for layer in self._layers]

    def plain(self) -> Any:
        """What they say together, without places."""
        merged: Any = {}
        for layer in reversed(self._layers):
            merged = _merged(merged, yamlfile.to_plain(layer.node))
        return merged

    def find(self, path: Sequence[Any]) -> Found:
        """Where an item stands; as near as it is there."""
        seen: list[Found] = []
        for layer in self._layers:
            seen.append(layer.find(path))
            if seen[-1].hides:
                break
        return max(seen, key=lambda found: found.depth)  # of equal ones the upper


def _below(layers: Sequence[Layer], below: Path) -> Layer:
    at = layers[-1].find([EXTENDS]).place
    if below.resolve() in {layer.file.resolve() for layer in layers}:
        raise _wrong(at, say("extends_itself", name=below.as_posix()))
    layer = Layer.read(below, at)
    if not isinstance(layer.node, dict):
        raise _wrong(below.as_posix(), say("must_be_mapping", name=below.name))
    return layer


def files_of(path: Path) -> list[Path]:
    """The file and those below it, as far as they can be read: what an edit may mend."""
    files = [path]
    for file in files:
        with suppress(ConfigError):
            below = Layer.read(file).below
            if below is not None and below not in files:
                files.append(below)
    return files


def stamps(files: Sequence[Path], more: Iterable[Path] = ()) -> dict[str, float]:
    """When each file that makes up a configuration was last written, its mappings and `more`
    included."""
    folders = [folder for folder in mappings_beside(files) if folder.is_dir()]
    mappings = (file for folder in folders for file in folder.rglob("*.yaml"))
    known = {*files, *more, *mappings}
    return {file.as_posix(): file.stat().st_mtime for file in known if file.is_file()}


def mappings_beside(files: Sequence[Path]) -> list[Path]:
    """The folders of mappings of a site whose configuration is these files."""
    return list(dict.fromkeys(file.resolve().parent / "mappings" for file in files))


def _merged(lower: Any, upper: Any) -> Any:
    if not (isinstance(lower, dict) and isinstance(upper, dict)):
        return upper
    both = {name: _merged(lower[name], upper[name]) for name in lower.keys() & upper.keys()}
    return {**lower, **upper, **both}


def _holds(node: Any, item: Any) -> bool:
    if isinstance(node, dict):
        return item in node
    return isinstance(node, list) and isinstance(item, int) and item < len(node)


def _beside(file: Path, name: str) -> Path:
    """`name` from where `file` lies, without detours."""
    return Path(os.path.normpath(file.parent / name))


def _wrong(place: str, words: Message) -> ConfigError:
    return ConfigError([Problem(place, words)])
