"""The only way out: HTTP with deadlines, size caps, exact numbers and honest errors.

Whether an answer was lost before or after the remote acted cannot be known, so the caller
says whether a request writes: then everything unclear is `OutcomeUnknown` and nothing is
repeated here. Reads are repeated for a few seconds. HTTP 200 is not success by itself: a
body that is not the JSON that was asked for is classified here, too.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from math import inf
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import requests
from requests.structures import CaseInsensitiveDict
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential
from urllib3.exceptions import HTTPError, ReadTimeoutError

from connector import exact
from connector.bucket import Bucket
from connector.clock import Clock
from connector.contract import Settings
from connector.errors import (
    AccessDenied,
    AdapterError,
    ConfigError,
    OutcomeUnknown,
    Problem,
    Transient,
    Unreachable,
)
from connector.messages import Message, say
from connector.transport import Transport, limited

READ_ATTEMPTS = 3
LONGEST_PAUSE = 5.0
"""Seconds a read waits between its attempts at most; longer waits are the engine's."""
POOL = 32
"""Sockets kept open to one host; `parallel` and the readers need fewer."""
SHOWN = 2_000
"""Characters of an answer that errors carry."""
LONGEST_WAIT = 86_400.0
"""Seconds that a remote may have us stay away; one that names more is asked again by then."""
MOST_SKEW = timedelta(days=3660)
"""How far a remote's clock may be off; a date beyond that is none."""
NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE")
"""How OpenSSL calls an answer to the handshake that is no TLS at all."""
CALM = 10.0
"""Seconds to stay away from a system so slow that a write's time was used up."""

T = TypeVar("T")


class Answer:
    """An HTTP answer whose body was read whole."""

    def __init__(
        self, status: int, headers: Mapping[str, str], body: bytes, *, writes: bool
    ) -> None:
        self.status = status
        self.headers = headers
        self._body = body
        self._writes = writes

    def text(self) -> str:
        """UTF-8, else GB18030 (servers that send GBK seldom say so), else with marks."""
        return self._text

    @cached_property
    def _text(self) -> str:
        for charset in ("utf-8-sig", "gb18030"):
            try:
                return self._body.decode(charset)
            except UnicodeDecodeError:
                continue
        return self._body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Decimal-exact JSON; anything else is an unclear write or a read to be repeated."""
        try:
            return exact.loads(self.text())
        except exact.NotJson:
            kind = OutcomeUnknown if self._writes else Transient
            raise kind(say("http_not_json"), answer=self.text()[:SHOWN]) from None


class Http:
    """HTTP to one connection's host. Safe for several threads."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._base = settings.base_url.rstrip("/")
        self._bucket = Bucket(settings.rate, clock)
        self._transport = self._connected()
        self._ends: ContextVar[float] = ContextVar("ends", default=inf)
        self._cap = settings.max_answer_mb * 1_000_000
        self._verify: bool | str = settings.ca_file or True
        self._proxies = {"http": settings.proxy, "https": settings.proxy} if settings.proxy else {}
        self._skew = timedelta()
        self._last_date = ""
        self.calls = 0
        self._counting = threading.Lock()

    def _connected(self) -> Transport:
        if wrong := _wrong_address(self._base, self._settings):
            raise ConfigError([Problem("base_url", wrong)])
        return Transport(sockets=POOL, legacy_tls=self._settings.legacy_tls)

    def now(self) -> datetime:
        """The remote's time by its last `Date` header; our own before the first answer."""
        return self._clock.now() + self._skew

    def close(self) -> None:
        self._transport.close()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """See `contract.Http`. Counts for this thread alone."""
        token = self._ends.set(min(self._ends.get(), self._clock.monotonic() + seconds))
        try:
            yield
        finally:
            self._ends.reset(token)

    def send(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        writes: bool = False,
        data: bytes | None = None,
        own: Collection[int] = (),
        at: str = "",
    ) -> Answer:
        """See `contract.Http`. `path` is appended to the base URL, or to `at`."""
        request = self._prepare(method, self._address(at) + path, json, headers, data)
        if writes:
            return self._once(request, own, writes=True)
        return self._repeat(lambda: self._once(request, own, writes=False))

    def _address(self, at: str) -> str:
        """Where a request goes."""
        if not at:
            return self._base
        if wrong := _wrong_address(at, self._settings):
            raise AccessDenied(wrong)
        return at.rstrip("/")

    def _prepare(
        self,
        method: str,
        url: str,
        json: Any,
        headers: Mapping[str, str] | None,
        data: bytes | None,
    ) -> requests.PreparedRequest:
        # Prepared by hand: a Session would look up proxies, netrc and cookies each time.
        request = requests.PreparedRequest()
        request.method = method
        request.url = url
        request.headers = CaseInsensitiveDict(
            {"Accept": "application/json", "Accept-Encoding": "gzip, deflate"}
        )
        if json is not None:
            data = exact.encode(json)
            request.headers["Content-Type"] = "application/json; charset=utf-8"
        if data is not None:
            request.headers["Content-Length"] = str(len(data))
        request.headers.update(headers or {})
        request.body = data
        return request

    def _repeat(self, call: Callable[[], T]) -> T:
        return Retrying(
            stop=stop_after_attempt(READ_ATTEMPTS),
            wait=wait_random_exponential(multiplier=0.2, max=LONGEST_PAUSE),
            retry=retry_if_exception(_worth_repeating),
            sleep=self._clock.sleep,
            reraise=True,
        )(call)

    def _once(
        self, request: requests.PreparedRequest, own: Collection[int], *, writes: bool
    ) -> Answer:
        self._bucket.take()
        settings, start = self._settings, self._clock.monotonic()
        if start + settings.timeout > self._ends.get():
            raise Unreachable(say("http_no_time"), retry_after=CALM)
        with self._counting:
            self.calls += 1
        unclear = OutcomeUnknown if writes else Transient
        deadline = start + settings.timeout
        timeout = (min(settings.connect_timeout, settings.timeout), settings.timeout)
        with limited(lambda: deadline - self._clock.monotonic()) as limit:
            try:
                response = self._transport.send(
                    request, stream=True, timeout=timeout, verify=self._verify,
                    proxies=self._proxies,
                )  # fmt: skip
                body = self._body(response, unclear)
            except (requests.RequestException, HTTPError, OSError) as error:
                raise _network_error(error, unclear if limit.sent else Unreachable) from error
        self._note_date(response.headers.get("Date", ""))
        answer = Answer(response.status_code, response.headers, body, writes=writes)
        return answer if answer.status in own else self._classify(answer)

    def _body(self, response: requests.Response, unclear: type[AdapterError]) -> bytes:
        parts, size = [], 0
        while part := response.raw.read1(1 << 16, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > self._cap:
                response.close()
                raise unclear(say("http_too_large"))
        response.raw.release_conn()
        return b"".join(parts)

    def _note_date(self, text: str) -> None:
        if text == self._last_date:
            return
        self._last_date = text
        try:
            # Whole seconds, rounded down: a window that ended too late could miss a record.
            skew = parsedate_to_datetime(text).astimezone(UTC) - self._clock.now()
        except (ValueError, OverflowError):
            return
        if abs(skew) < MOST_SKEW:
            self._skew = skew

    def _classify(self, answer: Answer) -> Answer:
        status, writes = answer.status, answer._writes
        if status < 300 or (400 <= status < 500 and status not in (401, 403, 407, 408, 429)):
            return answer
        text = answer.text()[:SHOWN]
        words = say("http_status", status=status)
        if status == 429:
            wait = _retry_after(answer.headers)
            raise Unreachable(words, retry_after=wait, code="429", answer=text)
        if status < 400:
            raise AccessDenied(say("http_redirect", status=status), answer=text)
        if status in (401, 403, 407):
            raise AccessDenied(say("http_denied", status=status), code=str(status), answer=text)
        if writes:
            raise OutcomeUnknown(words, code=str(status), answer=text)
        raise Transient(
            words, retry_after=_retry_after(answer.headers), code=str(status), answer=text
        )


class NoHttp:
    """For adapters that speak something else: the local time, and no calls."""

    calls = 0

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    @classmethod
    def instead(cls, _: Settings, clock: Clock) -> NoHttp:
        """In the place of an adapter's `Http`."""
        return cls(clock)

    def send(self, method: str, path: str, **_: Any) -> NoReturn:
        raise AssertionError(f"{method} {path} by an adapter that speaks no HTTP")

    def within(self, seconds: float) -> AbstractContextManager[None]:
        return nullcontext()

    def now(self) -> datetime:
        return self._clock.now()

    def close(self) -> None:
        """Nothing is open."""


def _wrong_address(address: str, settings: Settings) -> Message | None:
    """Why nothing is sent to an address; None: it may be."""
    try:
        url = urlsplit(address)
    except ValueError:
        url = urlsplit("")
    insecure = url.scheme == "http" and url.hostname not in settings.allow_insecure_http
    if url.scheme in ("http", "https") and url.hostname and not insecure:
        return None
    return say("insecure_http" if insecure else "bad_base_url", url=address, host=url.hostname)


def _worth_repeating(error: BaseException) -> bool:
    soon = isinstance(error, Transient | Unreachable)
    return soon and (getattr(error, "retry_after", None) or 0) <= LONGEST_PAUSE


def _retry_after(headers: Mapping[str, str]) -> float | None:
    value = headers.get("Retry-After", "")
    return min(float(value), LONGEST_WAIT) if value.isdecimal() else None


def _network_error(error: Exception, kind: type[AdapterError]) -> AdapterError:
    """A request that did not get its answer; `kind` says whether anything of it was sent."""
    cause = _innermost(error)
    detail = str(cause).rpartition(": ")[2][:300]
    if kind is Unreachable:
        return kind(say(_no_connection(cause), detail=detail))
    if isinstance(error, requests.exceptions.ReadTimeout | ReadTimeoutError):
        return kind(say("http_too_slow"))
    return kind(say("http_lost", detail=detail))


def _no_connection(cause: BaseException) -> str:
    """Why no connection came to be, as a message that names the setting which helps."""
    if isinstance(cause, ssl.SSLCertVerificationError):
        return "http_untrusted"
    if isinstance(cause, ssl.SSLError):
        return "http_no_tls" if cause.reason in NO_TLS else "http_tls"
    return "http_unreachable"


def _innermost(error: BaseException) -> BaseException:
    """What was wrapped, without pools and addresses: for people."""
    wrapped = [getattr(error, "reason", None), *error.args]
    inner = next((one for one in wrapped if isinstance(one, BaseException)), None)
    return _innermost(inner) if inner is not None else error
