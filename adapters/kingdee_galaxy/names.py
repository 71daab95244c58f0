"""Field names: how documents write them, and how queries and Save options want them.

A document names a field by its whole path, `FSaleOrderFinance.FSettleCurrId.FNumber`: the
sub-head, the field, the property of the base data it points to. Queries know no sub-heads and
ask for `FSettleCurrId.FNumber`; only a row's id and position carry the table's name.
"""

from __future__ import annotations

import re
from functools import cache

PROPERTIES = frozenset(("fnumber", "fname", "fmasterid", "fuseraccount", "fstaffnumber"))
"""What base data are referred to by, whatever the field that does is called."""
ROW_KEYS = frozenset(("FEntryID", "FENTRYID", "FSeq"))

_FLEX = re.compile(r"(?:\w+__)?(FF\d+)")
"""A dimension of an auxiliary property: written `FAUXPROPID__FF100001`, queried `FF100001`."""


@cache
def query_key(path: str, table: str = "") -> str:
    """The key under which a query asks for the field at `path`."""
    if path in ROW_KEYS:
        return f"{table}_{path}" if table else path
    parts = path.split(".")
    if len(parts) > 2 and (flex := _FLEX.fullmatch(parts[-2])):
        return f"{parts[-3]}.{flex[1]}.{parts[-1]}"
    return ".".join(parts[-2:] if _is_reference(parts) else parts[-1:])


@cache
def update_keys(path: str) -> tuple[str, ...]:
    """The keys that NeedUpDateFields must name so that the field at `path` is written."""
    parts = path.split(".")
    kept = parts[:-1] if _is_reference(parts) else parts
    return tuple(part for part in kept if "__" not in part)


def in_subhead(path: str) -> bool:
    """Whether a head field's path leads into a sub-head."""
    return len(update_keys(path)) > 1


def is_text(key: str) -> bool:
    """Whether a query key certainly holds text: numbers and names of base data."""
    return "." in key and key.rpartition(".")[2].lower() != "fmasterid"


def _is_reference(parts: list[str]) -> bool:
    """The last part is a property of base data, and not a field of a sub-head."""
    if len(parts) < 2:
        return False
    return parts[-1].lower() in PROPERTIES or parts[-2].lower().endswith(("id", "ids"))
