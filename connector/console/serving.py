"""Serving the console: one configuration, read anew when it is edited, at one address."""

from __future__ import annotations

import contextlib
import ipaddress
import threading
from collections import deque
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn

from connector import log
from connector.app import App
from connector.clock import Clock, SystemClock
from connector.errors import ConfigError, Problem
from connector.messages import say
from connector.overlay import files_of, stamps
from connector.settings import ConsoleSettings

LOOK = 5.0
"""Seconds between looks for an edited configuration."""
LONGEST = 120.0
"""Seconds that a request may take: so long an old version is kept for it."""
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2, those that keep what was sent secret even from who gets the key later; TLS 1.3 has no
others."""
LEAVE = 10
"""Seconds that requests have to end when the process is to."""

_log = log.get(__name__)


class Serving:
    """The façade that is served now."""

    def __init__(self, path: Path, clock: Clock | None = None) -> None:
        """Raises ConfigError."""
        self._path = path
        self.clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._app = App.open(path, self.clock, speak=True, apart=True)
        check(self.settings)
        self._before: deque[tuple[float, App]] = deque()
        self._stamps = self._seen()
        self._looked = self.clock.monotonic()

    @property
    def app(self) -> App:
        """The façade, over the configuration as it stands now. A broken edit changes nothing: the
        last good version stays."""
        with self._lock:
            now = self.clock.monotonic()
            if now - self._looked >= LOOK:
                self._looked = now
                self._reload()
                self._let_go(now - LONGEST)
            return self._app

    @property
    def settings(self) -> ConsoleSettings:
        return self._app.config.console

    @property
    def language(self) -> str:
        """In which those are spoken to who did not say."""
        return self._app.config.language

    def close(self) -> None:
        self._let_go(self.clock.monotonic())
        self._app.close()

    def _let_go(self, until: float) -> None:
        """Close those that were replaced before: whoever worked with one has ended."""
        while self._before and self._before[0][0] <= until:
            self._before.popleft()[1].close()

    def _reload(self) -> None:
        seen = self._seen()
        if seen == self._stamps:
            return
        self._stamps = seen
        try:
            fresh = App.open(self._path, self.clock, apart=True)
        except ConfigError as error:
            _log.error("configuration_broken", problems=[str(p) for p in error.problems])
            return
        self._before.append((self._looked, self._app))
        self._app = fresh
        _log.info("configuration_changed")

    def _seen(self) -> dict[str, float]:
        return stamps(files_of(self._path))


def address(settings: ConsoleSettings) -> str:
    """Under which people reach it, without a slash at the end."""
    scheme = "https" if settings.certificate else "http"
    return (settings.url or f"{scheme}://{settings.address}").rstrip("/")


def check(settings: ConsoleSettings) -> None:
    """Raises ConfigError for an address at which passwords would go over a network in the open,
    or none."""
    if not settings.address:
        raise ConfigError([Problem("console.address", say("console_nowhere"))])
    host = settings.address.rpartition(":")[0].strip("[]")
    encrypted = settings.certificate is not None or urlsplit(settings.url).scheme == "https"
    if not (encrypted or _is_this_machine(host)):
        raise ConfigError([Problem("console.address", say("console_open", host=host))])


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def serve(serving: Serving) -> None:
    """Serve until told to stop; what is worth knowing is logged as the daemon logs it."""
    log.configure(json=True)
    uvicorn.Server(listening(serving)).run()


def listening(serving: Serving) -> uvicorn.Config:
    """How it listens."""
    from connector.console.web import make

    settings = serving.settings
    host, _, port = settings.address.rpartition(":")
    return uvicorn.Config(
        make(serving),
        host=host.strip("[]"),
        port=int(port),
        ssl_certfile=settings.certificate,
        ssl_keyfile=settings.key,
        ssl_ciphers=CIPHERS,
        log_config=None,
        access_log=False,
        server_header=False,
        # Only a proxy on this machine may say who comes, or logins were counted as the proxy's.
        proxy_headers=bool(settings.url) and settings.certificate is None,
        forwarded_allow_ips=["127.0.0.1", "::1"],
        timeout_graceful_shutdown=LEAVE,
    )
