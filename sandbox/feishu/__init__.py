"""Feishu, simulated after the fact sheet: a group and its custom bot.

Signatures are checked strictly, and whatever is wrong is told under HTTP 200.
"""

from sandbox.company import Company
from sandbox.server import Options

from .application import FeishuSandbox

__all__ = ["FeishuSandbox", "create"]


def create(company: Company | None, options: Options) -> FeishuSandbox:
    """A group with a bot; the company says nothing in it."""
    return FeishuSandbox(seed=options.seed)
