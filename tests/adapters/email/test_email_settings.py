"""What a connection to a mail server must be told, and what it may not."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from adapters.email.settings import EmailSettings

GOOD = {
    "adapter": "email",
    "host": "smtp.exmail.qq.com",
    "user": "erp@example.com",
    "password": "authorisation-code",
}


def settings(**changes: Any) -> EmailSettings:
    return EmailSettings.model_validate({**GOOD, **changes})


def test_mails_are_from_the_login_unless_the_site_says_otherwise() -> None:
    assert settings().address == "erp@example.com"
    assert settings(user="erp", sender="erp@example.com").address == "erp@example.com"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"user": "erp"}, "address"),
        ({"user": ""}, "address"),
        ({"sender": "ERP <erp@example.com>"}, "address"),
        ({"sender": "erp@example.com\r\nBcc: x@example.com"}, "address"),
        ({"to": ["zhang.san@example.com", "李四"]}, "without a name"),
        ({"security": "none"}, "smtp.exmail.qq.com under allow_insecure_smtp"),
        ({"security": "none", "allow_insecure_smtp": ["mail"]}, "allow_insecure_smtp"),
        ({"security": "ssl"}, "tls"),
        ({"port": 70000}, "65535"),
    ],
)
def test_what_could_not_be_sent_safely_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        settings(**changes)


def test_a_host_of_one_s_own_network_may_be_spoken_to_without_tls_and_check_warns() -> None:
    assert settings(security="none", allow_insecure_smtp=["smtp.exmail.qq.com"]).unencrypted
    assert not settings().unencrypted
    assert not settings(security="starttls").unencrypted
