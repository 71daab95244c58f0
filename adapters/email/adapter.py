"""What a mail server is asked: to take one mail."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from adapters.email.mail import mail, message_id
from adapters.email.session import deliver, session
from adapters.email.settings import ADDRESS, EmailSettings
from connector.bucket import Bucket
from connector.clock import Clock
from connector.contract import Fields, Http, Identity, Settings, Written
from connector.errors import HalfDone, Rejected
from connector.kit.channel import ID, Channel, recipients
from connector.messages import say


class Email(Channel):
    """A mailbox and its server."""

    settings_type: ClassVar[type[Settings]] = EmailSettings
    settings: EmailSettings
    speaks_http: ClassVar[bool] = False

    def __init__(self, settings: Settings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        longest = settings.connect_timeout + settings.timeout
        self.capabilities = replace(Channel.capabilities, longest_write=longest)
        self._bucket = Bucket(settings.rate, clock)

    def check(self) -> Identity:
        with session(self.settings):
            return Identity(self.settings.host, self.settings.address)

    def send(self, form: str, fields: Fields) -> str:
        settings, number = self.settings, str(fields[ID])
        asked = dict.fromkeys(recipients(fields.get("to")) or settings.to)
        to = [one for one in asked if ADDRESS.fullmatch(one)]
        refused = {one: str(say("email_need_address")) for one in asked if one not in to}
        if not to:
            raise Rejected(say("email_nobody", to=", ".join(refused)))
        title, text = str(fields.get("title") or ""), str(fields.get("text") or "")
        at = self.clock.now().astimezone(settings.zone)
        data = mail(number, title, text, sender=settings.address, to=to, at=at)
        self._bucket.take()
        with session(settings) as smtp:
            refused |= deliver(smtp, settings.address, to, data)
        key = message_id(number, settings.address)
        if refused:
            who = "; ".join(f"{one} ({words})" for one, words in refused.items())
            raise HalfDone(Written(key), Rejected(say("email_some_refused", who=who)))
        return key
