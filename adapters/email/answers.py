"""What a mail server's answers mean: 4xx is not now and 5xx is not at all, but what is refused
depends on what was asked."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from smtplib import SMTPException, SMTPResponseException, SMTPServerDisconnected

from connector.errors import (
    AccessDenied,
    AdapterError,
    Rejected,
    Transient,
    Unreachable,
)
from connector.messages import say

Reply = tuple[int, bytes]
"""As smtplib gives it; the code is -1 where there was none."""

GOING = 421
"""The server ends the session, whatever was asked."""
DENIED = frozenset({530, 534, 535, 538})
"""It wants another login, whatever was asked (RFC 4954)."""
TOO_LARGE = 552
NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE")
"""How OpenSSL calls an answer to the handshake that is no TLS at all."""
SHOWN = 2_000


def said(reply: Reply) -> str:
    """The server's own words with their code: UTF-8, else GB18030, else with marks."""
    code, words = reply
    for charset in ("utf-8", "gb18030"):
        try:
            return f"{code} {words.decode(charset)}"[:SHOWN]
        except UnicodeDecodeError:
            continue
    return f"{code} {words.decode('utf-8', 'replace')}"[:SHOWN]


def of_session(reply: Reply) -> AdapterError:
    """A refusal before a mail was offered: none would be taken now."""
    kind = AccessDenied if reply[0] // 100 == 5 else Unreachable
    return kind(said(reply), code=str(reply[0]), answer=said(reply))


def of_sender(reply: Reply) -> AdapterError:
    """A refusal of who sends: no mail would be taken, unless this one is too large."""
    code = reply[0]
    return of_session(reply) if code // 100 == 5 and code != TOO_LARGE else of_mail(reply)


def of_mail(reply: Reply, unclear: type[AdapterError] = Transient) -> AdapterError:
    """A refusal of this one mail; `unclear` where it is no answer that SMTP knows."""
    code = reply[0]
    if code == GOING or code in DENIED:
        return of_session(reply)
    kinds: dict[int, type[AdapterError]] = {4: Transient, 5: Rejected}
    return kinds.get(code // 100, unclear)(said(reply), code=str(code), answer=said(reply))


@contextmanager
def lost_is(kind: type[AdapterError]) -> Iterator[None]:
    """Where the connection breaks inside, it is of this kind."""
    try:
        yield
    except OSError as error:  # smtplib's own errors are among these
        raise kind(say("email_lost", detail=str(error))) from error


@contextmanager
def opening() -> Iterator[None]:
    """A session that does not come to be inside is `Unreachable`, or `AccessDenied` where a person
    must mend something."""
    try:
        yield
    except OSError as error:
        raise _not_open(error) from error
    except UnicodeEncodeError:
        raise AccessDenied(say("email_login_ascii")) from None


def _not_open(error: OSError) -> AdapterError:
    detail = str(error)
    if isinstance(error, SMTPResponseException):
        words = error.smtp_error
        return of_session((error.smtp_code, words if isinstance(words, bytes) else words.encode()))
    if isinstance(error, SMTPException) and not isinstance(error, SMTPServerDisconnected):
        return AccessDenied(say("email_not_offered", detail=detail))
    if isinstance(error, ssl.SSLCertVerificationError):
        return Unreachable(say("email_untrusted", detail=detail))
    if isinstance(error, ssl.SSLError) and error.reason in NO_TLS:
        return Unreachable(say("email_no_tls", detail=detail))
    return Unreachable(say("email_unreachable", detail=detail))
