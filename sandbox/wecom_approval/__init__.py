"""Approvals of WeCom, simulated after its public documentation: a template, its people, and what
they answer.

Whatever is wrong is told under HTTP 200. There is no call by which an approval is withdrawn.
"""

from sandbox.company import Company
from sandbox.server import Options

from .application import WeComApprovalSandbox

__all__ = ["WeComApprovalSandbox", "create"]


def create(company: Company | None, options: Options) -> WeComApprovalSandbox:
    """A company in WeCom with an application; the simulated company's people are not in it."""
    return WeComApprovalSandbox(seed=options.seed)
