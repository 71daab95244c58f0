"""What a connection to a mail server is told."""

from __future__ import annotations

import base64
import re
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from connector.contract import Rate, Settings
from connector.messages import say

ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
"""An address that any mail server takes. Whatever is no such thing never gets into a header."""
PORTS = {"tls": 465, "starttls": 587, "none": 25}


def _address(text: str) -> str:
    if not ADDRESS.fullmatch(text):
        raise ValueError(say("email_need_address"))
    return text


Address = Annotated[str, AfterValidator(_address)]


class EmailSettings(Settings):
    """A mailbox that we send from."""

    asked: ClassVar[tuple[str, ...]] = ("user", "password")

    host: str
    """The mail server, such as smtp.exmail.qq.com."""
    security: Literal["tls", "starttls", "none"] = "tls"
    """TLS from the first byte, TLS once the server was greeted, or none."""
    port: int = Field(default=0, ge=0, le=65535)
    """0: the usual one, 465 for `tls`, 587 for `starttls`, 25 for `none`."""
    user: str = Field(default="", examples=["connector@change-me.invalid"])
    """The login, as a rule the mailbox's address; empty: the server asks for none."""
    password: SecretStr = SecretStr("")
    """Its authorisation code (授权码), or its password."""
    sender: str = ""
    """The address that mails are from; empty: the login, as mainland services demand."""
    to: tuple[Address, ...] = ()
    """Who reads what is not for anybody in particular."""
    allow_insecure_smtp: tuple[str, ...] = ()
    """Hosts that may be spoken to without TLS."""
    ca_file: str = ""
    """Certificate authority file, where the server's own is not publicly trusted."""
    rate: Rate = ""
    """Mails allowed, such as `30/m`; empty: no limit of ours."""

    @property
    def unencrypted(self) -> bool:
        return self.security == "none"

    @property
    def address(self) -> str:
        """The address that mails are from."""
        return self.sender or self.user

    @model_validator(mode="after")
    def _can_be_used(self) -> Self:
        if not ADDRESS.fullmatch(self.address):
            raise ValueError(say("email_need_sender"))
        if self.security == "none" and self.host not in self.allow_insecure_smtp:
            raise ValueError(say("email_not_encrypted", host=self.host))
        return self

    def secrets(self) -> tuple[str, ...]:
        """The password also as it goes over the wire, which a server may repeat."""
        password = self.password.get_secret_value()
        sent = (password, f"\0{self.user}\0{password}") if password else ()
        return (*super().secrets(), *(base64.b64encode(one.encode()).decode() for one in sent))
