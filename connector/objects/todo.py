"""What somebody is to do, in the system in which they work."""

from __future__ import annotations

from connector.objects.base import BusinessObject, Code, Day, Text


class Todo(BusinessObject):
    """A to-do, made by a rule once for a record and done when the rule is over; it says what it
    said when it was made. Its number is its id, ours alone."""

    channel: Code
    """Connection in which it is made."""
    who: Code
    """Whose it is: key of an employee there."""
    title: Text = ""
    """What it is about, in a few words."""
    text: Text = ""
    """What is to be done, and why."""
    due_on: Day | None = None
    """Until when."""
    order: Code = ""
    """Key there of the order that it is about; empty: of none, or of one that is not there."""
    customer: Code = ""
    """Key there of the customer, likewise."""
    rule: Code = ""
    """The rule that made it."""
    object: Code = ""
    """Kind of the record that it is about."""
    key: Code = ""
    """Its key."""
    done: bool = False
    """Nobody has to do it any more."""
