"""DingTalk, simulated after the fact sheet: a group and its custom robot.

Signatures are checked strictly, and whatever is wrong is told under HTTP 200.
"""

from sandbox.company import Company
from sandbox.server import Options

from .application import DingTalkSandbox

__all__ = ["DingTalkSandbox", "create"]


def create(company: Company | None, options: Options) -> DingTalkSandbox:
    """A group with a robot; the company says nothing in it."""
    return DingTalkSandbox(seed=options.seed)
