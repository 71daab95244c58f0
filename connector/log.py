"""Logs are events: a stable name and key-values, one line each, without secrets.

Redaction works by key (anything that sounds like a secret) and by value (every secret that
the configuration loaded), after everything else, so that no library slips one past it.
"""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, TextIO

import structlog

from connector import exact

HIDDEN = "***"
_SOUNDS = r"secret|passw|token|authorization|signature|cookie|permanent_?code"
_KEYS = re.compile(_SOUNDS, re.I)
_NAMED = re.compile(rf"""("[^"\s]*(?:{_SOUNDS})[^"\s]*"\s*:\s*")(?:[^"\\]|\\.)*""", re.I)
"""A JSON pair inside a text, such as a login's answer: its value goes."""
_ADDRESSED = re.compile(rf"""((?:{_SOUNDS})[\w-]*(?:=|%3D))[^&\s"'<>]+""", re.I)
"""A parameter of an address inside a text, of one that stands in another address, too."""
_secrets: list[str] = []
"""The longest first: one may be a part of another."""


def keep_secret(values: Iterable[str]) -> None:
    """These values never appear in any output from now on. Very short ones are ignored."""
    known = {*_secrets, *(value for value in values if len(value) >= 6)}
    _secrets[:] = sorted(known, key=len, reverse=True)


def redact_text(text: str) -> str:
    """`text` without any known secret, and without what it itself calls a secret."""
    for value in _secrets:
        if value in text:
            text = text.replace(value, HIDDEN)
    # Looking for names costs more than all the rest, and most texts have neither sign.
    if "=" in text:
        text = _ADDRESSED.sub(rf"\1{HIDDEN}", text)
    return _NAMED.sub(rf"\1{HIDDEN}", text) if '"' in text else text


def redact_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same for every text among `values`, whatever their names."""
    return {k: redact_text(v) if isinstance(v, str) else v for k, v in values.items()}


@lru_cache(4096)
def _is_secret(key: str) -> bool:
    return _KEYS.search(key) is not None


def redact(value: Any, key: str = "") -> Any:
    """A value, nested or not, without secrets."""
    if key and _is_secret(key) and not isinstance(value, bool | int | None):
        return HIDDEN
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, dict):
        return {redact(k): redact(v, str(k)) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [redact(v) for v in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    clean = redact_text(text)
    return value if clean == text and not isinstance(value, bytes) else clean


def _redactor(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: redact(value, key) for key, value in event.items()}


_FIRST = ("timestamp", "level", "event")


def _on_one_line(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Where lines are for people, what libraries say makes no line of its own."""
    return {**event, "event": "\\n".join(str(event["event"]).splitlines())}


def _in_order(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """When, how bad and what stand first in every line; details follow."""
    first = {key: event[key] for key in _FIRST if key in event}
    return {**first, **event}


class LogFile:
    """A file that is written like a stream and begins anew when it is full.

    For where no supervisor keeps what the daemon prints. Some former files stay beside it.
    """

    LARGEST = 10_000_000
    """Bytes."""
    KEPT = 5

    def __init__(self, path: Path) -> None:
        """Raises OSError where it cannot be written."""
        self._handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=self.LARGEST, backupCount=self.KEPT, encoding="utf-8"
        )
        self._handler.terminator = ""
        self._handler.rotator = _set_aside

    def write(self, text: str) -> None:
        self._handler.handle(logging.makeLogRecord({"msg": text}))

    def flush(self) -> None:
        self._handler.flush()


def _set_aside(path: str, former: str) -> None:
    """Windows lets nobody rename a file that somebody reads: then it goes on as it is."""
    with suppress(OSError):
        Path(path).replace(former)


class _Lines(structlog.WriteLogger):
    """Writes lines; where that fails (disk full, pipe closed) the work goes on without them."""

    def msg(self, message: str) -> None:
        with suppress(OSError, ValueError):
            super().msg(message)

    debug = info = warning = error = critical = exception = msg


def configure(*, json: bool, level: str = "INFO", stream: TextIO | LogFile | None = None) -> None:
    """Set logging up once, for our events and those of every library alike."""
    out: Any = stream or sys.stderr
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redactor,
    ]
    rendering: list[Any] = (
        [structlog.processors.JSONRenderer(exact.dumps)]
        if json
        else [_on_one_line, structlog.dev.ConsoleRenderer(colors=False)]
    )
    # Our events go straight to the stream: by way of `logging` each costs twice as much.
    structlog.configure(
        processors=[*shared, _in_order, *rendering],
        logger_factory=lambda *_: _Lines(out),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _in_order,
            *rendering,
        ],
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("urllib3", "sqlalchemy", "alembic", "uvicorn"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # It warns whenever a beat is skipped because the last one still works.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def _quiet_until_configured() -> None:
    """As a library we say nothing by ourselves, and never print local variables."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            _redactor,
            structlog.processors.KeyValueRenderer(),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


_quiet_until_configured()


def get(name: str) -> Any:
    """A logger for events: `log.info("delivered", flow=…, key=…)`."""
    return structlog.stdlib.get_logger(name)
