"""Which code of one system is which of another's: by the code itself, then by its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from connector.matching import folding


def alike(asked: Mapping[str, str], offered: Mapping[str, str]) -> dict[str, str]:
    """For codes that ask (with their names) the one among those offered, where it is certain.

    What is alike by more than one of those offered is nobody's: people decide.
    """
    codes = _only(offered, lambda code, _: folding.code(code))
    names = _only(offered, lambda _, name: folding.name(name))
    found = {
        code: codes.get(folding.code(code)) or names.get(folding.name(name), "")
        for code, name in asked.items()
    }
    return {code: other for code, other in found.items() if other}


def _only(offered: Mapping[str, str], mark: Callable[[str, str], str]) -> dict[str, str]:
    """Codes by a mark that no other of them has."""
    marks = {code: mark(code, name) for code, name in offered.items()}
    count = Counter(marks.values())
    return {made: code for code, made in marks.items() if made and count[made] == 1}
