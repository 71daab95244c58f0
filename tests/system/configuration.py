"""The configuration of a test's site: edited as data, written as people write it.

YAML is slow to read. A text that was written here, or read before, is not parsed again.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import Any

from connector.yamlfile import plain_load

_parsed: dict[str, Any] = {}


def parsed(text: str) -> dict[str, Any]:
    """The text as plain data, the caller's own."""
    if text not in _parsed:
        _parsed[text] = plain_load(text)
    data: dict[str, Any] = deepcopy(_parsed[text])
    return data


def written(config: dict[str, Any]) -> str:
    """A text for the data: a line for each option, below comments as `init` writes them."""
    lines = ["# The connector's configuration.", "# Check it with `connector check`."]
    lines += [f"{name}: {_scalar(value)}" for name, value in config.items() if _is_plain(value)]
    for part, entries in config.items():
        if not _is_plain(entries):
            lines.append(f"{part}:")
            for name, options in entries.items():
                if _is_plain(options):
                    lines.append(f"  {name}: {_scalar(options)}")
                    continue
                lines.append(f"  {name}:")
                lines += [f"    {option}: {_scalar(value)}" for option, value in options.items()]
    text = "\n".join(lines) + "\n"
    _parsed[text] = deepcopy(config)
    return text


def _is_plain(value: Any) -> bool:
    return not isinstance(value, dict)


def _scalar(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch("[a-z_]+", value) and value not in ("true", "null"):
        return value
    return json.dumps(value, ensure_ascii=False)
