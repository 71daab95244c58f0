"""What Feishu is asked: a bot to say something in its group."""

from __future__ import annotations

from typing import ClassVar

from adapters.feishu.answers import judged
from adapters.feishu.card import card, proof
from adapters.feishu.settings import FeishuSettings
from connector.contract import Fields, Identity, Settings
from connector.kit.channel import Channel, recipients


class Feishu(Channel):
    """A group and its bot."""

    settings_type: ClassVar[type[Settings]] = FeishuSettings
    settings: FeishuSettings

    def check(self) -> Identity:
        """Nothing can be asked of a bot without its group hearing it."""
        return Identity(self.settings.base_url)

    def send(self, form: str, fields: Fields) -> str:
        settings = self.settings
        title, text = str(fields.get("title") or ""), str(fields.get("text") or "")
        whom = [settings.mention.replace("{}", one) for one in recipients(fields.get("to"))]
        end = " ".join(filter(None, [*whom, settings.keyword]))
        signed = proof(settings.secret.get_secret_value(), int(self.http.now().timestamp()))
        path = f"/open-apis/bot/v2/hook/{settings.token.get_secret_value()}"
        judged(self.http.send("POST", path, json=card(title, text, end, signed), writes=True))
        return ""
