"""Functions put together from Python source, so that a mapping is decided once, at load.

A mapping runs for every field of every record; what a rule says never changes meanwhile.
Source holds names and literals only: whatever comes from a file goes in by `keep` or `repr`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any


class Function:
    """A function in the making."""

    def __init__(self, name: str, *arguments: str) -> None:
        self._name = name
        self._lines = [f"def {name}({', '.join(arguments)}):"]
        self._depth = 1
        self._kept: dict[str, Any] = {}

    def keep(self, value: Any) -> str:
        """The name under which the function finds `value`."""
        for name, known in self._kept.items():
            if known is value:
                return name
        name = f"kept_{len(self._kept)}"
        self._kept[name] = value
        return name

    def add(self, *lines: str) -> None:
        """Lines at the present depth."""
        self._lines += ("    " * self._depth + line for line in lines)

    @contextmanager
    def block(self, opening: str) -> Iterator[None]:
        """What is added inside stands under `opening`, such as `if x:`."""
        self.add(opening)
        self._depth += 1
        yield
        self._depth -= 1

    def made(self) -> Callable[..., Any]:
        """The function."""
        source = "\n".join(self._lines)
        exec(compile(source, f"<{self._name}>", "exec"), self._kept)  # noqa: S102 - see above
        function: Callable[..., Any] = self._kept[self._name]
        return function


class Operands:
    """The values that the rules of one level need, each read once, by their names."""

    def __init__(self, names: Iterable[str]) -> None:
        self._locals = {name: f"x{n}" for n, name in enumerate(dict.fromkeys(names))}

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._locals.items())

    def __getitem__(self, name: str) -> str:
        return self._locals[name]

    def all(self, names: Iterable[str]) -> str:
        """These, as a tuple or as arguments: `(x0, x3, )`."""
        return f"({''.join(self._locals[name] + ', ' for name in names)})"
