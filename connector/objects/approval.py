"""What people are asked to approve in a system of their own, such as a chat's approvals."""

from __future__ import annotations

from connector.objects.base import BusinessObject, Code, Text


class Approval(BusinessObject):
    """A department's part of a review, as it is asked in another system. Its number is its id."""

    channel: Code
    """Connection in which it is asked."""
    review: int
    """Id of the review, ours alone."""
    department: Code
    """Who is asked."""
    title: Text = ""
    """What it is about, in a few words."""
    text: Text = ""
    """What is shown to whoever is asked."""
    who: Text = ""
    """Who may answer, as that system knows people, separated by commas."""
    asks: Text = ""
    """Names of what must be given with an approval, separated by commas."""
    open: bool = True
    """False: nobody has to answer any more."""
