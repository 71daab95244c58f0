"""HTTP against a real server: what is repeated, what is unknown, what is refused."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from connector.bucket import Bucket
from connector.clock import SystemClock
from connector.contract import parse_rate
from connector.errors import (
    AccessDenied,
    AdapterError,
    ConfigError,
    OutcomeUnknown,
    Transient,
    Unreachable,
)
from connector.http import (
    LONGEST_PAUSE,
    READ_ATTEMPTS,
    SHOWN,
    Answer,
)
from tests.core.wire import Act, StillClock, answer, client, hang_up, raw, serving

CUT_SHORT = raw(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{"a":')
CHUNK_CUT = raw(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{"a"')
NO_HTTP = raw(b"SSH-2.0-OpenSSH\r\n\r\n")
LOST = pytest.mark.parametrize(
    "act", [hang_up, CUT_SHORT, CHUNK_CUT, NO_HTTP], ids=["hangs up", "cut", "chunk cut", "no http"]
)


def write(url: str, **more: Any) -> Any:
    return client(url).send("POST", "/save", json={"a": 1}, writes=True, **more)


@LOST
def test_a_write_whose_answer_is_lost_is_unknown_and_never_repeated(act: Act) -> None:
    with serving(act) as server:
        with pytest.raises(OutcomeUnknown):
            write(server.url)
        assert len(server.requests) == 1


@LOST
def test_a_read_whose_answer_is_lost_is_repeated_and_then_tried_later(act: Act) -> None:
    with serving(act) as server:
        with pytest.raises(Transient):
            client(server.url).send("GET", "/list")
        assert len(server.requests) == READ_ATTEMPTS


def test_a_read_that_works_the_second_time_has_worked() -> None:
    clock = StillClock()
    with serving(hang_up, answer(body=b'{"a": 1}')) as server:
        assert client(server.url, clock).send("GET", "/").json() == {"a": 1}
        assert len(server.requests) == 2
    assert len(clock.slept) == 1
    assert 0 <= clock.slept[0] <= LONGEST_PAUSE


@pytest.mark.parametrize("writes", [True, False])
def test_a_refused_connection_is_unreachable_and_nothing_was_done(writes: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(Unreachable):
        client(f"http://127.0.0.1:{port}").send("POST", "/", writes=writes)


@pytest.mark.parametrize("writes", [True, False])
def test_an_overload_with_a_long_pause_is_told_at_once(writes: bool) -> None:
    with serving(answer(429, b"slow down", Retry_After="60")) as server:
        with pytest.raises(Unreachable) as caught:
            client(server.url).send("GET", "/", writes=writes)
        assert len(server.requests) == 1
    assert (caught.value.retry_after, caught.value.code) == (60, "429")
    assert caught.value.answer == "slow down"


def test_an_overload_with_a_short_pause_is_waited_for_when_reading() -> None:
    with serving(answer(429, Retry_After="1"), answer()) as server:
        assert client(server.url).send("GET", "/").status == 200


def test_a_pause_that_is_no_number_of_seconds_is_none() -> None:
    later = "Sat, 21 Nov 2026 09:00:00 GMT"
    with serving(answer(429, Retry_After=later)) as server, pytest.raises(Unreachable) as caught:
        client(server.url).send("POST", "/", writes=True)
    assert caught.value.retry_after is None


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_a_server_s_failure_leaves_a_write_unknown_and_a_read_for_later(status: int) -> None:
    with serving(answer(status, b"oops")) as server:
        with pytest.raises(OutcomeUnknown) as unknown:
            write(server.url)
        with pytest.raises(Transient) as later:
            client(server.url).send("GET", "/")
        assert len(server.requests) == 1 + READ_ATTEMPTS
    assert [error.value.code for error in (unknown, later)] == [str(status)] * 2
    assert unknown.value.answer == "oops"


@pytest.mark.parametrize("status", [401, 403, 407])
def test_refused_credentials_are_told_at_once(status: int) -> None:
    with serving(answer(status)) as server:
        with pytest.raises(AccessDenied):
            client(server.url).send("GET", "/")
        assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 404, 409, 422])
def test_other_refusals_are_answers_for_the_adapter(status: int) -> None:
    with serving(answer(status, b'{"why": 1}')) as server:
        found = client(server.url).send("POST", "/", writes=True)
    assert (found.status, found.json()) == (status, {"why": 1})


@pytest.mark.parametrize("writes", [True, False])
@pytest.mark.parametrize("status", [401, 429, 500])
def test_what_a_remote_says_itself_under_a_status_of_failure_is_an_answer_for_the_adapter(
    status: int, writes: bool
) -> None:
    with serving(answer(status, b'{"why": 1}')) as server:
        found = client(server.url).send("POST", "/", writes=writes, own=(status,))
        with pytest.raises(AdapterError):
            client(server.url).send("POST", "/", writes=writes, own=(503,))
    assert (found.status, found.json()) == (status, {"why": 1})


def test_another_host_of_the_same_system_is_spoken_to_under_the_same_rules() -> None:
    with serving(answer(200, b'{"token": 1}')) as server, serving(answer(500)) as other:
        asked = client(other.url)
        assert asked.send("POST", "/token", at=f"{server.url}/").json() == {"token": 1}
        for unsafe in ("http://login.example.com", "ftp://login.example.com", "//", "login"):
            with pytest.raises(AccessDenied):
                asked.send("POST", "/token", at=unsafe)
        assert (len(server.requests), len(other.requests)) == (1, 0)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_refused_and_not_followed(status: int) -> None:
    with serving(answer(status, Location="http://127.0.0.1/elsewhere")) as server:
        with pytest.raises(AccessDenied):
            client(server.url).send("GET", "/")
        assert len(server.requests) == 1


@pytest.mark.parametrize("writes, kind", [(True, OutcomeUnknown), (False, Transient)])
@pytest.mark.parametrize("body", [b"<html>login</html>", b"", b'{"a": ', b"\xff\xfe{"])
def test_what_is_no_json_is_unclear_though_the_status_is_200(
    writes: bool, kind: type[AdapterError], body: bytes
) -> None:
    with serving(answer(200, body)) as server:
        found = client(server.url).send("POST", "/", writes=writes)
        with pytest.raises(kind):
            found.json()


def test_an_error_carries_only_the_beginning_of_an_answer() -> None:
    with serving(answer(500, b"x" * 10_000)) as server, pytest.raises(OutcomeUnknown) as caught:
        write(server.url)
    assert caught.value.answer == "x" * SHOWN


def test_a_body_in_gbk_is_read_though_nobody_says_so() -> None:
    with serving(answer(body='{"name": "客户"}'.encode("gbk"))) as server:
        assert client(server.url).send("GET", "/").json() == {"name": "客户"}


def test_a_byte_order_mark_is_no_part_of_the_body() -> None:
    assert Answer(200, {}, b"\xef\xbb\xbf[1]", writes=False).json() == [1]


def test_numbers_are_exact_both_ways() -> None:
    body = b'{"a": 0.1, "b": 12345678901234567890.123456789, "c": 1.10}'
    with serving(answer(body=body)) as server:
        found = client(server.url).send("POST", "/", json={"x": Decimal("0.10"), "名": "客"})
        sent = server.requests[0].partition(b"\r\n\r\n")[2].decode()
    assert sent == '{"x":0.10,"名":"客"}'
    assert found.json() == {
        "a": Decimal("0.1"),
        "b": Decimal("12345678901234567890.123456789"),
        "c": Decimal("1.10"),
    }
    assert isinstance(found.json()["a"], Decimal)


def test_a_gzipped_answer_is_unpacked() -> None:
    packed = gzip.compress(b'{"a": 1}')
    with serving(answer(body=packed, Content_Encoding="gzip")) as server:
        assert client(server.url).send("GET", "/").json() == {"a": 1}


@pytest.mark.parametrize("writes, kind", [(True, OutcomeUnknown), (False, Transient)])
def test_a_small_answer_that_unpacks_to_a_large_one_is_refused(
    writes: bool, kind: type[AdapterError]
) -> None:
    bomb = gzip.compress(b"0" * 3_000_000)
    assert len(bomb) < 10_000
    packed = answer(body=bomb, Content_Encoding="gzip")
    with serving(packed) as server, pytest.raises(kind, match="large"):
        client(server.url, max_answer_mb=1).send("GET", "/", writes=writes)


def test_an_answer_at_the_limit_is_taken() -> None:
    with serving(answer(body=b"1" * 1_000_000)) as server:
        assert len(client(server.url, max_answer_mb=1).send("GET", "/").text()) == 1_000_000


PEM = Path(__file__).with_name("loopback.pem").as_posix()


def under_tls(connection: socket.socket) -> socket.socket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    return context.wrap_socket(connection, server_side=True)


@pytest.mark.parametrize("way", ["plain", "tls", "proxy"])
@pytest.mark.parametrize(
    ("at_once", "piece"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"x", id="body"),
        pytest.param(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", id="headers"),
        pytest.param(b"HTTP/1.1 ", b"2", id="first line"),
        pytest.param(b"", b"HTTP/1.1 100 Continue\r\n\r\n", id="patience asked for"),
    ],
)
def test_an_answer_that_trickles_is_given_up_at_the_deadline(
    way: str, at_once: bytes, piece: bytes
) -> None:
    """Every look at the clock takes ten seconds; a trickle never trips a read timeout."""
    clock = StillClock(tick=10.0)
    sent: list[int] = []

    def trickle(connection: socket.socket) -> None:
        connection.sendall(at_once)
        for n in range(90):
            connection.sendall(piece)
            sent.append(n)
            server.stopping.wait(0.01)

    with serving(trickle, wrap=under_tls if way == "tls" else None) as server:
        settings = {"tls": {"ca_file": PEM}, "proxy": {"proxy": server.url}}.get(way, {})
        http = client(server.url, clock, timeout=65, **settings)
        with pytest.raises(OutcomeUnknown, match="slow"):
            http.send("POST", "/", writes=True)
    assert len(sent) < 80


def test_a_request_that_is_taken_slowly_is_given_up_at_the_deadline() -> None:
    """Every piece that is sent takes ten seconds."""
    with serving(answer()) as server, pytest.raises(OutcomeUnknown):
        http = client(server.url, StillClock(tick=10.0), timeout=35)
        http.send("POST", "/", data=b"x" * 200_000, writes=True)


def test_a_request_that_nobody_takes_is_given_up_after_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        http = client(f"http://127.0.0.1:{deaf.getsockname()[1]}", SystemClock(), timeout=0.2)
        with pytest.raises(OutcomeUnknown):
            http.send("POST", "/", data=b"x" * 50_000_000, writes=True)


def test_silence_is_given_up_after_the_timeout() -> None:
    def silent(connection: socket.socket) -> None:
        server.stopping.wait(5)

    with serving(silent) as server, pytest.raises(OutcomeUnknown):
        client(server.url, timeout=0.05).send("POST", "/", writes=True)


# -- what was surely not sent ------------------------------------------------------------------


def test_a_handshake_that_never_ends_has_sent_nothing() -> None:
    """Somebody listens who says nothing: no TLS comes to be."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(Unreachable):
            client(url, SystemClock(), timeout=0.2).send("POST", "/", writes=True)


def old_tls(connection: socket.socket) -> socket.socket:
    """A server that speaks what clients of today do not speak any more."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1
    context.load_cert_chain(PEM)
    return context.wrap_socket(connection, server_side=True)


def no_tls(connection: socket.socket) -> socket.socket:
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    return connection


CURES = {under_tls: "ca_file", old_tls: "legacy_tls", no_tls: "allow_insecure_http"}


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1 is deprecated")
@pytest.mark.parametrize("wrap", CURES)
def test_a_handshake_that_fails_has_sent_nothing_and_names_the_one_setting_that_helps(
    wrap: Any,
) -> None:
    with serving(answer(), wrap=wrap) as server:
        with pytest.raises(Unreachable) as caught:
            client(server.url).send("POST", "/", writes=True)
        assert server.requests == []
    assert [c for c in CURES.values() if c in str(caught.value)] == [CURES[wrap]]


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1 is deprecated")
def test_an_old_server_is_spoken_to_where_that_is_allowed() -> None:
    with serving(answer(), wrap=old_tls) as server:
        http = client(server.url, legacy_tls=True, ca_file=PEM)
        assert http.send("POST", "/", writes=True).status == 200


def test_a_proxy_that_does_not_let_us_through_has_been_sent_no_request() -> None:
    with serving(answer(407)) as proxy:
        http = client("https://erp.example.com", proxy=proxy.url)
        with pytest.raises(Unreachable, match="407"):
            http.send("POST", "/save", json={"a": 1}, writes=True)
        assert [request[:7] for request in proxy.requests] == [b"CONNECT"]


def test_a_request_that_a_proxy_let_through_and_whose_answer_is_lost_is_unknown() -> None:
    def let_through(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with under_tls(connection) as inner:
            inner.recv(65536)

    with serving(let_through) as proxy:
        http = client("https://127.0.0.1", proxy=proxy.url, ca_file=PEM)
        with pytest.raises(OutcomeUnknown):
            http.send("POST", "/save", json={"a": 1}, writes=True)


# -- the time of a write with many steps -------------------------------------------------------


def test_a_request_that_could_outlast_the_write_it_belongs_to_is_not_sent() -> None:
    clock = StillClock()
    with serving(answer()) as server:
        http = client(server.url, clock, timeout=60)
        with http.within(180):
            for _ in range(3):
                http.send("POST", "/", writes=True)
                clock.seconds += 60
            with pytest.raises(Unreachable, match="was not sent"):
                http.send("POST", "/", writes=True)
            with pytest.raises(Unreachable, match="was not sent"):
                http.send("GET", "/")
        assert http.send("POST", "/", writes=True).status == 200
        assert (http.calls, len(server.requests), clock.slept) == (4, 4, [])


def test_an_inner_time_never_outlasts_the_outer_one() -> None:
    with serving(answer()) as server:
        http = client(server.url, timeout=60)
        with http.within(90):
            with http.within(30), pytest.raises(Unreachable):
                http.send("GET", "/")
            with http.within(600):
                http.send("GET", "/")
        with http.within(30), http.within(600), pytest.raises(Unreachable):
            http.send("GET", "/")


def test_the_time_of_a_write_is_its_own_thread_s() -> None:
    with serving(answer()) as server, ThreadPoolExecutor(1) as other:
        http = client(server.url, timeout=60)
        with http.within(1):
            assert other.submit(http.send, "GET", "/").result().status == 200


# -- where it connects to ----------------------------------------------------------------------


def test_plain_http_is_refused_unless_the_host_is_named() -> None:
    with pytest.raises(ConfigError, match="allow_insecure_http"):
        client("http://erp.local", allow_insecure_http=())
    with pytest.raises(ConfigError, match="allow_insecure_http"):
        client("http://erp.local", allow_insecure_http=("other.local",))
    client("http://erp.local", allow_insecure_http=("erp.local",))
    client("https://erp.local", allow_insecure_http=())


@pytest.mark.parametrize("url", ["", "erp.local", "ftp://erp.local", "https://", "file:///etc"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ConfigError):
        client(url)


def test_the_environment_s_proxies_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with serving(answer()) as server:
        assert client(server.url).send("GET", "/").status == 200


def test_a_proxy_that_is_down_is_unreachable() -> None:
    with serving(answer()) as server:
        with pytest.raises(Unreachable):
            client(server.url, proxy="http://127.0.0.1:1").send("POST", "/", writes=True)
        assert server.requests == []


def test_the_path_is_appended_and_headers_are_ours() -> None:
    with serving(answer()) as server:
        client(server.url + "/k3cloud/").send("POST", "/x?y=1", headers={"X-A": "b"}, data=b"d")
        request = server.requests[0]
    assert request.startswith(b"POST /k3cloud/x?y=1 HTTP/1.1\r\n")
    assert b"X-A: b\r\n" in request
    assert request.endswith(b"\r\n\r\nd")
    assert b"python-requests" not in request


def test_cookies_are_not_kept() -> None:
    with serving(answer(Set_Cookie="s=1")) as server:
        http = client(server.url)
        http.send("GET", "/")
        http.send("GET", "/")
        assert b"cookie" not in server.requests[1].lower()


def test_calls_are_counted_with_their_repetitions() -> None:
    with serving(hang_up, answer()) as server:
        http = client(server.url)
        http.send("GET", "/")
        assert http.calls == 2


# -- time and rate -----------------------------------------------------------------------------


def test_now_is_the_remote_s_time_after_its_first_answer() -> None:
    clock = StillClock()
    with serving(answer(Date="Sat, 21 Nov 2026 07:30:00 GMT")) as server:
        http = client(server.url, clock)
        assert http.now() == clock.now()
        http.send("GET", "/")
    assert http.now() == datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
    clock.seconds += 60
    assert http.now() == datetime(2026, 11, 21, 7, 31, tzinfo=UTC)


@pytest.mark.parametrize("date", ["", "yesterday", "2026-11-21"])
def test_a_date_that_is_none_leaves_the_time_alone(date: str) -> None:
    clock = StillClock()
    with serving(answer(Date=date)) as server:
        http = client(server.url, clock)
        http.send("GET", "/")
    assert abs(http.now() - clock.now()) < timedelta(seconds=1)


@pytest.mark.parametrize(
    "text, rate", [("5/s", (5, 1)), ("100/20s", (100, 20)), ("60/m", (60, 60)), ("9/2h", (9, 7200))]
)
def test_rates_are_read_as_people_write_them(text: str, rate: tuple[float, float]) -> None:
    assert parse_rate(text) == rate


def taken(rate: str, calls: int, clock: StillClock) -> list[float]:
    bucket, times = Bucket(rate, clock), []
    for _ in range(calls):
        bucket.take()
        times.append(clock.seconds)
    return times


def test_a_bucket_gives_its_count_at_once_and_then_evenly() -> None:
    times = taken("2/s", 6, StillClock())
    assert times == pytest.approx([0, 0, 0.5, 1, 1.5, 2])


def test_no_window_ever_holds_more_than_twice_the_count() -> None:
    times = taken("10/20s", 100, StillClock())
    assert all(later - earlier >= 19.99 for earlier, later in zip(times, times[20:], strict=False))
    assert all(b >= a for a, b in pairwise(times))


def test_an_idle_bucket_never_holds_more_than_its_count() -> None:
    clock = StillClock()
    bucket = Bucket("2/s", clock)
    clock.seconds += 1000
    for _ in range(3):
        bucket.take()
    assert len(clock.slept) == 1


def test_no_rate_is_no_limit() -> None:
    clock = StillClock()
    taken("", 1000, clock)
    assert clock.slept == []


def test_every_request_takes_from_the_bucket_even_a_repeated_one() -> None:
    clock = StillClock()
    with serving(hang_up, answer()) as server:
        client(server.url, clock, rate="1/h").send("GET", "/")
    assert sum(clock.slept) == pytest.approx(3600, rel=0.01)


def test_a_body_is_json_by_its_header() -> None:
    with serving(answer()) as server:
        client(server.url).send("POST", "/", json=[1])
        head = server.requests[0].lower()
    assert b"content-type: application/json; charset=utf-8" in head
    assert json.loads(server.requests[0].partition(b"\r\n\r\n")[2]) == [1]


@pytest.mark.parametrize(
    "date",
    ["Fri, 31 Dec 9999 23:59:59 -2359", "Fri, 31 Dec 9999 23:59:59 GMT", "1 Jan 1 00:00 +2359"],
)
def test_a_date_that_cannot_be_leaves_the_time_alone(date: str) -> None:
    with serving(answer(Date=date)) as server:
        http = client(server.url)
        http.send("GET", "/")
    assert http.now() == StillClock().now()


def test_a_pause_without_end_ends_within_a_day() -> None:
    with (
        serving(answer(429, Retry_After="9" * 400)) as server,
        pytest.raises(Unreachable) as caught,
    ):
        client(server.url).send("GET", "/")
    assert caught.value.retry_after == 86_400.0
