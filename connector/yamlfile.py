"""YAML files that people edit: read with places, refused with sentences, added to with care.

YAML 1.2 by ruamel.yaml. Duplicate keys, keys that are no words, aliases, tags, files in
GBK, files over 1 MB and deep nesting are refused. Every mapping and list remembers where each
of its items stands, so that a mistake is named as `file:line:column`.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.composer import Composer
from ruamel.yaml.constructor import DuplicateKeyError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode

MAX_BYTES = 1_000_000
MAX_DEPTH = 22
"""Lists and mappings within each other."""
TAG = "tag:yaml.org,2002:"


class YamlFault(Exception):
    """A file that cannot be read; `place` says where, `reason` is a message id."""

    def __init__(self, place: str, reason: str, detail: str = "") -> None:
        super().__init__(f"{place}: {reason} {detail}")
        self.place = place
        self.reason = reason
        self.detail = detail


class _Constructor(RoundTripConstructor):
    """Dates stay text: whoever wants a date says so, and names the setting if it is none. So do
    `=` and `<<` as values, for which YAML has types of their own."""


for kind in ("timestamp", "value", "merge"):
    _Constructor.add_constructor(TAG + kind, RoundTripConstructor.construct_scalar)


def plain_load(text: str) -> Any:
    """Our own data files: plain dicts and lists, no places."""
    return YAML(typ="safe", pure=True).load(text)


def shipped(path: Path) -> Any:
    """A data file of our own, plain. What it says is kept beside what Python compiles, for to read
    YAML takes long, and every command begins with it."""
    text = path.read_bytes()
    mark = hashlib.blake2b(text, digest_size=16).hexdigest()
    kept = path.parent / "__pycache__" / f"{path.name}.json"
    with suppress(OSError, ValueError):
        known = json.loads(kept.read_bytes())
        if known["mark"] == mark:
            return known["data"]
    data = plain_load(text.decode())
    if not sys.dont_write_bytecode:
        with suppress(OSError):
            kept.parent.mkdir(exist_ok=True)
            draft = kept.with_name(f"{kept.name}.{os.getpid()}")
            draft.write_text(json.dumps({"mark": mark, "data": data}), "utf-8")
            draft.replace(kept)
    return data


def load(path: Path) -> Any:
    """Read a file that people edit; the result keeps places (see `place`). Empty: `{}`."""
    name = path.as_posix()
    data = path.read_bytes()
    if len(data) > MAX_BYTES:
        raise YamlFault(name, "yaml_too_large")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise YamlFault(_place_in_bytes(name, data, error.start), "yaml_not_utf8") from None
    return loads(text, name)


def loads(text: str, name: str = "<text>") -> Any:
    """Like `load`, for text at hand."""
    yaml = YAML(typ="rt", pure=True)
    yaml.Constructor = _Constructor
    yaml.allow_duplicate_keys = False
    yaml.Composer = _Strict
    try:
        value = yaml.load(text)
    except MarkedYAMLError as error:
        raise _marked(name, error) from None
    except (YAMLError, ValueError, TypeError, OverflowError) as error:
        raise YamlFault(name, "yaml_broken", str(error).splitlines()[0]) from None
    return CommentedMap() if value is None else value


@contextmanager
def editing(source: Path, target: Path) -> Iterator[CommentedMap]:
    """The mapping in a file that people edit, to be changed; comments, order and quotes stay.

    At the end `target` is written, which may be another file, whole or not at all.
    """
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes, yaml.width = True, MAX_BYTES
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = source.read_bytes().decode("utf-8-sig")
    node = yaml.load(text.replace("\r\n", "\n")) or CommentedMap()
    yield node
    written = StringIO()
    yaml.dump(node, written)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.draft")
    newline = "\r\n" if "\r\n" in text else "\n"
    draft.write_text(written.getvalue(), encoding="utf-8", newline=newline)
    draft.replace(target)


def flow(items: Iterable[Any]) -> CommentedSeq:
    """A list that is written on one line."""
    made = CommentedSeq(items)
    made.fa.set_flow_style()
    return made


class _Refused(MarkedYAMLError):
    """Good YAML that is not for people's files; `problem` is a message id."""


class _Strict(Composer):
    """Refuses anchors, aliases, tags and deep nesting before anything is built of them."""

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader)
        self._inside = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.parser.peek_event()
        if isinstance(event, AliasEvent) or event.anchor:
            raise _Refused(problem="yaml_alias", problem_mark=event.start_mark)
        if getattr(event, "tag", None) is not None:
            raise _Refused(problem="yaml_tag", problem_mark=event.start_mark)
        deeper = isinstance(event, CollectionStartEvent)
        if deeper and index is None and isinstance(parent, MappingNode):
            raise _Refused(problem="yaml_key", problem_mark=event.start_mark)
        self._inside += deeper
        if self._inside > MAX_DEPTH:
            raise _Refused(problem="yaml_too_deep", problem_mark=event.start_mark)
        node = super().compose_node(parent, index)
        self._inside -= deeper
        return node


def _marked(name: str, error: MarkedYAMLError) -> YamlFault:
    mark = error.problem_mark or error.context_mark
    place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
    if isinstance(error, _Refused):
        return YamlFault(place, error.problem)
    if isinstance(error, DuplicateKeyError):
        words = str(error.problem or "").split('"')
        return YamlFault(place, "yaml_duplicate_key", words[1] if len(words) > 1 else "")
    return YamlFault(place, "yaml_broken", str(error.problem or ""))


def _place_in_bytes(name: str, data: bytes, offset: int) -> str:
    line = data.count(b"\n", 0, offset) + 1
    column = offset - data.rfind(b"\n", 0, offset)
    return f"{name}:{line}:{column}"


def place(name: str, node: Any, item: Any = None) -> str:
    """Where `item` (a key or index) stands inside `node`, as `file:line:column`."""
    mark = getattr(node, "lc", None)
    if mark is None:
        return name
    line, column = mark.line, mark.col
    if item is not None:
        with suppress(KeyError, IndexError, TypeError):
            line, column = mark.key(item) if isinstance(node, CommentedMap) else mark.item(item)
    return f"{name}:{(line or 0) + 1}:{(column or 0) + 1}"


def to_plain(node: Any) -> Any:
    """The same value without places and comments: dicts, lists, str, int, bool, None, float."""
    if isinstance(node, CommentedMap):
        return {_scalar(key): to_plain(value) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [to_plain(value) for value in node]
    return _scalar(node)


def _scalar(node: Any) -> Any:
    for kind in (bool, int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return node
