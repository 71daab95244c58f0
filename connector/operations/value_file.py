"""The file of a value map: where it lies, where its pairs stand, and how some are added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from pathlib import Path
from typing import Any

from connector import yamlfile
from connector.assemble import shipped
from connector.mapping.load import read_yaml
from connector.mapping.values import ANY, ValueMap, code_of

Pairs = Iterable[tuple[str, str]]
"""Our code and theirs."""


class ValueFile:
    """A table as it stands in its file: the site's own, else the shipped one."""

    def __init__(self, table: str, folders: Sequence[Path]) -> None:
        """`folders` are the site's, of mappings; the first that has the table counts."""
        own = [folder / "values" / f"{table}.yaml" for folder in folders]
        there = next((path for path in own if path.is_file()), None)
        self.table = table
        self.path = there or shipped() / "values" / f"{table}.yaml"
        self.target = there or own[0]
        """Where pairs are added: never in the shipped file."""
        self._node = read_yaml(self.path)

    def entries(self) -> Iterator[tuple[str, str, str]]:
        """Our code, a code of theirs, and where the pair stands."""
        for ours, theirs in self._node.items():
            place = yamlfile.place(self.path.as_posix(), self._node, ours)
            codes = [code_of(code) for code in _listed(theirs)]
            yield from ((code_of(ours), code, place) for code in codes if code != ANY)

    def with_pairs(self, pairs: Pairs) -> ValueMap:
        """What the table would be with these."""
        plain: dict[str, Any] = yamlfile.to_plain(self._node)
        _add(plain, pairs)
        return ValueMap.of(self.table, plain)

    def add(self, pairs: Pairs) -> None:
        """Write them into the site's file. What stands there stays as it is."""
        with yamlfile.editing(self.path, self.target) as node:
            _add(node, pairs)


def _add(table: MutableMapping[Any, Any], pairs: Pairs) -> None:
    known = {code_of(ours): ours for ours in table}
    for ours, theirs in pairs:
        listed = _listed(table[known[ours]]) if ours in known else []
        if ours not in known:
            table[ours], known[ours] = theirs, ours
        elif theirs not in map(code_of, listed):
            table[known[ours]] = yamlfile.flow([*listed, theirs])


def _listed(theirs: Any) -> list[Any]:
    return list(theirs) if isinstance(theirs, list) else [theirs]
