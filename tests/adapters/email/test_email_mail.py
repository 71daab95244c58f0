"""A message as a mail: nothing is lost of it, and nothing of it gets into a header of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from unicodedata import category

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.email.mail import MOST_SUBJECT, mail, message_id
from adapters.email.settings import ADDRESS
from connector.kit.fitting import fitting

AT = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
HEADERS = [
    "Content-Type", "MIME-Version", "Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted",
]  # fmt: skip
PIECES = st.lists(
    st.sampled_from([
        "订单", "SO-1", " ", "  ", "\r\nBcc: x@y.z", "\n", "\r", "\x00", "\x85", "\u2028", "\xa0",
        "=?utf-8?q?x?=", "=?utf-8?q?a=0D=0ABcc=3A_x?=", "=?", "?=", "👨‍👩‍👧", "é", ",", "<x@y>",
    ]),
    max_size=30,
).map("".join)  # fmt: skip
TEXTS = PIECES | st.text(max_size=100)


def parsed(raw: bytes) -> Any:
    return message_from_bytes(raw, EmailMessage, policy=SMTP)


def made(title: str = "标题", text: str = "文", **changes: Any) -> Any:
    where = {"sender": "a@b.example", "to": ["c@d.example"], **changes}
    return parsed(mail("M1", title, text, at=AT, **where))


@given(TEXTS, TEXTS)
def test_a_title_is_one_header_whatever_stands_in_it(title: str, text: str) -> None:
    raw = mail("M1", title, text, sender="a@b.example", to=["c@d.example"], at=AT)
    read = parsed(raw)
    assert read.keys() == HEADERS
    assert str(read["To"]) == "c@d.example"
    seen = "".join(" " if category(one) == "Cc" else one for one in title or text)
    assert str(read["Subject"]) == fitting(" ".join(seen.split()), MOST_SUBJECT)


@given(TEXTS)
def test_a_text_arrives_whole_in_lines_that_every_server_takes(text: str) -> None:
    raw = mail("M1", "标题", text, sender="a@b.example", to=["c@d.example"], at=AT)
    lines = raw.split(b"\r\n")
    assert raw.isascii()
    assert max(map(len, lines)) <= 78
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    plain = parsed(raw).get_body(("plain",)).get_content()
    assert plain.splitlines() == text.splitlines()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.from_regex(ADDRESS, fullmatch=True))
def test_whatever_passes_for_an_address_is_read_as_that_one(address: str) -> None:
    read = made(sender=address, to=["c@d.example", address])
    assert [one.addr_spec for one in read["From"].addresses] == [address]
    assert [one.addr_spec for one in read["To"].addresses] == ["c@d.example", address]
    assert read.keys() == HEADERS


def test_a_subject_that_is_too_long_is_shortened_between_characters() -> None:
    subject = str(made("👨‍👩‍👧" * 100)["Subject"])
    assert subject.endswith("👨‍👩‍👧…")
    assert len(subject.encode()) <= MOST_SUBJECT


def test_a_message_without_a_title_is_called_after_its_text() -> None:
    assert str(made("", "第一行\n第二行")["Subject"]) == "第一行 第二行"


def test_the_message_id_is_of_the_number_and_the_sender_s_domain() -> None:
    assert message_id("M20261126-1", "a@b.example") == "<M20261126-1.connector@b.example>"
    assert message_id("单 1>\r\n", "a@b.example") == "<%E5%8D%95%201%3E%0D%0A.connector@b.example>"
    assert made()["Message-ID"] == "<M1.connector@b.example>"


def test_nobody_s_out_of_office_notice_is_asked_for() -> None:
    assert made()["Auto-Submitted"] == "auto-generated"
    assert made()["Date"].datetime == AT
