"""Approvals of a DingTalk application, simulated after its public documentation: tokens, a
template, its people, and what they answer.

Whatever is wrong is a code and a message under HTTP 4xx.
"""

from sandbox.company import Company
from sandbox.server import Options

from .application import DingTalkAppSandbox

__all__ = ["DingTalkAppSandbox", "create"]


def create(company: Company | None, options: Options) -> DingTalkAppSandbox:
    """A company in DingTalk with an application; the simulated company's people are not in it."""
    return DingTalkAppSandbox(seed=options.seed)
