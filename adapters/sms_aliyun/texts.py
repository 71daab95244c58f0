"""What a message says as a text of SMS: an approved template, and what is filled into it."""

from __future__ import annotations

from connector import exact
from connector.contract import Fields
from connector.errors import Rejected
from connector.kit.channel import ID, recipients
from connector.messages import say

MOST_PHONES = 1_000


def text_of(fields: Fields) -> dict[str, str]:
    """The parameters of `SendSms`, but for the signature. Raises Rejected for what is no text."""
    template, filled = str(fields.get("template") or ""), str(fields.get("parameters") or "")
    phones = recipients(fields.get("to"))
    if not template:
        raise Rejected(say("sms_no_template"), field="template")
    if not 0 < len(phones) <= MOST_PHONES:
        raise Rejected(say("sms_phones", count=len(phones), most=MOST_PHONES), field="to")
    if filled and not _are_texts(filled):
        raise Rejected(say("sms_parameters"), field="parameters")
    text = {
        "PhoneNumbers": ",".join(phones),
        "TemplateCode": template,
        "OutId": str(fields[ID]),
    }
    return text | ({"TemplateParam": filled} if filled else {})


def _are_texts(filled: str) -> bool:
    """Whether it is a JSON object of texts."""
    try:
        texts = exact.loads(filled)
    except exact.NotJson:
        return False
    return isinstance(texts, dict) and all(isinstance(one, str) for one in texts.values())
