"""What is told to people: once records, made by rules and never changed."""

from __future__ import annotations

from connector.objects.base import BusinessObject, Code, Text


class Message(BusinessObject):
    """Something that is told to somebody, once. Its number is its id, ours alone."""

    channel: Code
    """Connection that carries it."""
    to: Text = ""
    """Whom it is for, as the channel knows people (mobile, user id, address), separated by commas;
    empty: whoever reads the channel."""
    title: Text = ""
    """What it is about, in a few words."""
    text: Text = ""
    """What it says, in Markdown of emphasis, lists and links alone."""
    template: Code = ""
    """Of a channel whose texts are fixed, such as SMS: the code of the text."""
    parameters: Text = ""
    """What is filled into that text: a JSON object of texts."""
    urgent: bool = False
    """It is told at any hour."""
    rule: Code = ""
    """The rule that made it; empty: a person did."""
    object: Code = ""
    """What it is about: kind of record. Empty: of many, or of none."""
    key: Code = ""
    """Its key."""
