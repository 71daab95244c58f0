"""A message as a mail: in both forms, and with a Message-ID by which a repetition is known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime
from urllib.parse import quote

from adapters.email.markup import page
from connector.kit.fitting import fitting

MOST_SUBJECT = 200
"""Bytes; a longer one is shortened."""
UNSEEN = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
"""Blanks, ends of lines and control characters: a header has one line."""
# Newer policies take a subject that looks like an encoded word for one, and decode it.
_POLICY = compat32.clone(linesep="\r\n")


def mail(
    number: str, title: str, text: str, *, sender: str, to: Sequence[str], at: datetime
) -> bytes:
    """The mail. `sender` and `to` are addresses and nothing else."""
    subject = fitting(UNSEEN.sub(" ", title or text).strip(), MOST_SUBJECT)
    made = MIMEMultipart("alternative", policy=_POLICY)
    made["Message-ID"] = message_id(number, sender)
    made["Date"] = format_datetime(at)
    made["From"] = sender
    made["To"] = ", ".join(to)
    made["Subject"] = Header(subject, "utf-8", header_name="Subject").encode()
    made["Auto-Submitted"] = "auto-generated"  # no out-of-office notice answers it
    for kind, content in (("plain", text), ("html", page(text))):
        lines = "".join(f"{line}\r\n" for line in content.splitlines())
        made.attach(MIMEText(lines, kind, "utf-8", policy=_POLICY))
    return made.as_bytes()


def message_id(number: str, sender: str) -> str:
    """The same for the same message, whenever it is sent."""
    return f"<{quote(number, safe='')}.connector@{sender.rpartition('@')[2]}>"
