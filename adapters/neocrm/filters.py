"""Queries as text: names that a description knows, numbers, and texts between quotes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from adapters.neocrm.forms import KEY
from connector.errors import Rejected
from connector.messages import say

ESCAPES = {
    "double": {"'": "''"},
    "backslash": {"\\": "\\\\", "'": "\\'"},
}
"""By the setting `quotes`, what is written for a character inside a text."""
UNSAFE = frozenset("'\"\\\n\r\t\0")
"""Characters with which a text could end early, as long as nobody tells how they are written."""


def select(object: str, fields: Iterable[str], conditions: Sequence[str], limit: str) -> str:
    """A whole query, by ascending id."""
    where = f" where {' and '.join(conditions)}" if conditions else ""
    names = ",".join(dict.fromkeys(fields))
    # Names are those of a description, values are numbers or come through `text`.
    return f"select {names} from {object}{where} order by {KEY} limit {limit}"  # noqa: S608


def among(field: str, values: Sequence[str], *, numeric: bool, quotes: str) -> str:
    """That a field holds one of these values. Raises Rejected for one that cannot be written."""
    listed = values if numeric else [text(value, quotes) for value in values]
    return f"{field} in ({','.join(listed)})"


def text(value: str, quotes: str) -> str:
    """A text as it stands in a query. Raises Rejected."""
    escapes = ESCAPES.get(quotes, {})
    if UNSAFE & set(value) - escapes.keys():
        raise Rejected(say("neocrm_unaskable", value=value))
    return "'" + "".join(escapes.get(one, one) for one in value) + "'"
