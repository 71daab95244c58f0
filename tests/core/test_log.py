"""Logs: one line an event, and never a secret, whichever way it tries to get out."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from connector import errors, log
from connector.messages import dump, say

CANARY = "canary-7f3a9c-密钥"


@pytest.fixture(autouse=True)
def kept() -> Iterator[None]:
    """One secret is known; afterwards logging is as it was."""
    root = logging.getLogger()
    handlers, level, known = root.handlers[:], root.level, log._secrets[:]
    log.keep_secret([CANARY])
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    log._secrets[:] = known
    structlog.contextvars.clear_contextvars()
    log._quiet_until_configured()


def output(*, as_json: bool) -> io.StringIO:
    stream = io.StringIO()
    log.configure(json=as_json, stream=stream)
    return stream


BOTH = pytest.mark.parametrize("as_json", [True, False])


@pytest.mark.parametrize(
    "key",
    [
        "app_secret",
        "password",
        "PASSWD",
        "accessToken",
        "Authorization",
        "x-signature",
        "cookie",
        "permanent_code",
        "permanentCode",
        "Set-Cookie",
    ],
)
def test_what_sounds_like_a_secret_is_hidden_by_its_key(key: str) -> None:
    assert log.redact({key: "anything"}) == {key: log.HIDDEN}


@pytest.mark.parametrize("key", ["passed_number", "flow", "code", "author", "sign"])
def test_ordinary_keys_are_shown(key: str) -> None:
    assert log.redact({key: "x"}) == {key: "x"}


def test_a_count_of_tokens_is_no_secret() -> None:
    assert log.redact({"tokens": 3, "token_known": True, "token": None}) == {
        "tokens": 3,
        "token_known": True,
        "token": None,
    }


def test_secrets_are_found_at_any_depth() -> None:
    nested: Any = {"a": [{"b": (f"x{CANARY}y", {"password": ["p"]})}]}
    assert log.redact(nested) == {"a": [{"b": [f"x{log.HIDDEN}y", {"password": log.HIDDEN}]}]}


def test_a_known_secret_is_hidden_under_any_key_however_often() -> None:
    assert log.redact_text(f"{CANARY}/{CANARY}") == f"{log.HIDDEN}/{log.HIDDEN}"


def test_very_short_secrets_would_hide_everything_and_are_ignored() -> None:
    log.keep_secret(["a", "12345"])
    assert log.redact_text("a 12345") == "a 12345"


@BOTH
def test_a_secret_in_the_event_or_a_value_never_reaches_the_output(as_json: bool) -> None:
    stream = output(as_json=as_json)
    log.get("t").warning(f"event {CANARY}", url=f"https://h?t={CANARY}", deep={"k": [CANARY]})
    assert CANARY not in stream.getvalue()
    assert stream.getvalue().count(log.HIDDEN) == 3


@BOTH
def test_a_secret_never_stands_in_a_traceback(as_json: bool) -> None:
    stream = output(as_json=as_json)
    try:
        raise RuntimeError(f"refused {CANARY}")
    except RuntimeError:
        log.get("t").exception("failed")
    assert CANARY not in stream.getvalue()
    assert "RuntimeError: refused ***" in stream.getvalue()


@BOTH
def test_a_secret_never_stands_in_the_cause_of_a_traceback(as_json: bool) -> None:
    stream = output(as_json=as_json)
    try:
        try:
            raise KeyError(CANARY)
        except KeyError as cause:
            raise RuntimeError("outer") from cause
    except RuntimeError:
        log.get("t").exception("failed")
    assert CANARY not in stream.getvalue()
    assert "outer" in stream.getvalue()


@BOTH
def test_local_variables_are_never_printed(as_json: bool) -> None:
    stream = output(as_json=as_json)
    hidden_in_a_local = "local-" + "value"
    try:
        raise RuntimeError(len(hidden_in_a_local))
    except RuntimeError:
        log.get("t").exception("failed")
    assert "local-value" not in stream.getvalue()


@BOTH
def test_a_library_s_message_and_traceback_are_redacted_as_ours(as_json: bool) -> None:
    stream = output(as_json=as_json)
    try:
        raise OSError(CANARY)
    except OSError:
        logging.getLogger("lib").exception("connecting with %s", CANARY)
    assert CANARY not in stream.getvalue()
    assert "connecting with ***" in stream.getvalue()


def test_context_is_redacted_too() -> None:
    stream = output(as_json=True)
    structlog.contextvars.bind_contextvars(session_token="abc", tenant=CANARY)
    log.get("t").info("x")
    event = json.loads(stream.getvalue())
    assert (event["session_token"], event["tenant"]) == (log.HIDDEN, log.HIDDEN)


def test_an_event_is_one_line_of_json_with_a_utc_time_and_readable_chinese() -> None:
    stream = output(as_json=True)
    log.get("t").info("delivered", key="订单\n1")
    assert stream.getvalue().count("\n") == 1
    event = json.loads(stream.getvalue())
    assert (event["event"], event["level"], event["key"]) == ("delivered", "info", "订单\n1")
    assert event["timestamp"].endswith("Z")
    assert "订单" in stream.getvalue()


@BOTH
def test_nobody_writes_a_second_line_into_the_log(as_json: bool) -> None:
    stream = output(as_json=as_json)
    forged = 'one\r\n{"event": "delivered", "level": "info"}\n2026-11-27 [info] delivered'
    log.get("test").warning("record_refused", why=forged)
    logging.getLogger("some.library").warning("told %s", forged)
    assert len(stream.getvalue().splitlines()) == 2


def test_below_the_level_nothing_is_said() -> None:
    stream = io.StringIO()
    log.configure(json=True, level="WARNING", stream=stream)
    log.get("t").info("quiet")
    logging.getLogger("urllib3").info("quiet")
    assert stream.getvalue() == ""


def test_noisy_libraries_are_heard_only_when_they_warn() -> None:
    stream = output(as_json=True)
    logging.getLogger("sqlalchemy.engine").info("select 1")
    logging.getLogger("sqlalchemy").warning("heard")
    assert "select" not in stream.getvalue()
    assert "heard" in stream.getvalue()


# -- what other systems say ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", [errors.Rejected, errors.Unreachable, errors.OutcomeUnknown])
def test_a_secret_that_a_remote_repeats_is_gone_from_its_error(kind: Any) -> None:
    error = kind(f"密码 {CANARY} 不对", answer=f'{{"sent": "{CANARY}"}}')
    assert CANARY not in f"{error} {error.args} {error.words} {error.answer}"
    assert str(error) == f"密码 {log.HIDDEN} 不对"


def test_a_secret_inside_a_sentence_of_ours_is_gone_too() -> None:
    error = errors.Unreachable(say("http_unreachable", detail=f"https://u:{CANARY}@host"))
    assert CANARY not in f"{error} {dump(error.words)}"


def test_a_secret_that_only_the_remote_knows_is_hidden_by_its_name_in_a_text() -> None:
    answer = '{"errorCode": 0, "corpAccessToken" : "abc\\"def", "expiresIn": 7200}'
    assert log.redact_text(answer) == (
        f'{{"errorCode": 0, "corpAccessToken" : "{log.HIDDEN}", "expiresIn": 7200}}'
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("url: /send?access_token=a-b_c&debug=1", "url: /send?access_token=***&debug=1"),
        ("'/gettoken?corpid=w&corpsecret=x%2By'", "'/gettoken?corpid=w&corpsecret=***'"),
        ("<a href=?u=%2Fsend%3Faccess_token%3Dabc>", "<a href=?u=%2Fsend%3Faccess_token%3D***>"),
    ],
)
def test_a_secret_in_an_address_is_hidden_by_the_name_it_has_there(text: str, shown: str) -> None:
    assert log.redact_text(text) == shown


def test_the_words_token_and_password_in_a_sentence_hide_nothing() -> None:
    for sentence in ("token expired: log in again", "password: 不能为空", "密码错误"):
        assert log.redact_text(sentence) == sentence


class FullDisk(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("broken", ["full", "closed"])
def test_a_log_that_cannot_be_written_stops_nothing(broken: str) -> None:
    stream = FullDisk() if broken == "full" else io.StringIO()
    log.configure(json=True, stream=stream)
    if broken == "closed":
        stream.close()
    log.get("t").info("x")
    log.get("t").exception("y")


@pytest.fixture
def log_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[log.LogFile]:
    monkeypatch.setattr(log.LogFile, "LARGEST", 400)
    file = log.LogFile(tmp_path / "connector.log")
    yield file
    file._handler.close()


def logged(folder: Path) -> list[str]:
    """The events in the log and its former selves, whole lines all of them."""
    text = "".join(path.read_text("utf-8") for path in folder.glob("connector.log*"))
    return sorted(json.loads(line)["event"] for line in text.splitlines())


def test_a_log_file_begins_anew_when_it_is_full_and_what_it_held_stays_beside_it(
    log_file: log.LogFile, tmp_path: Path
) -> None:
    log.configure(json=True, stream=log_file)
    for n in range(6):
        log.get("t").info(f"ours-{n}", name="客户")
        logging.getLogger("library").warning("theirs-%s", n)
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert (len(sizes) > 2, max(sizes) <= 400) == (True, True)
    assert logged(tmp_path) == [f"{who}-{n}" for who in ("ours", "theirs") for n in range(6)]


def test_a_log_file_that_cannot_be_set_aside_goes_on(
    log_file: log.LogFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(*_: Any) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "replace", held)
    log.configure(json=True, stream=log_file)
    for n in range(9):
        log.get("t").info(f"ours-{n}")
    assert logged(tmp_path) == [f"ours-{n}" for n in range(9)]
