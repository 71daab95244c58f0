"""Approvals of Feishu, simulated after its public documentation: tokens, a definition, its people,
and what they answer.

Whatever is wrong is a code and a message, most often under HTTP 400.
"""

from sandbox.company import Company
from sandbox.server import Options

from .application import FeishuApprovalSandbox

__all__ = ["FeishuApprovalSandbox", "create"]


def create(company: Company | None, options: Options) -> FeishuApprovalSandbox:
    """A company in Feishu with an application; the simulated company's people are not in it."""
    return FeishuApprovalSandbox(seed=options.seed)
