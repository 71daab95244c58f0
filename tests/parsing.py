"""What people edit is parsed once for all tests: to read YAML is half of opening a small site."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from unittest import mock

from connector import yamlfile
from connector.mapping import load as mapping_load
from connector.mapping.expr import Expression

TEXTS = 1000
"""So many are remembered: each site has its own configuration, and nearly the same mappings."""


@contextmanager
def parsing_once() -> Iterator[None]:
    """A text is parsed, and an expression compiled, once. Nobody changes what they are given:
    `yamlfile.editing` reads for itself."""
    with (
        mock.patch.object(yamlfile, "loads", lru_cache(TEXTS)(yamlfile.loads)),
        mock.patch.object(mapping_load, "Expression", cache(Expression)),
    ):
        yield
