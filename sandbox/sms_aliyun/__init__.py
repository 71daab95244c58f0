"""Aliyun SMS, simulated after the fact sheet: one key, one signature, two templates.

The gateway in front checks signature, time and nonce, and refuses under 4xx; the service behind it
tells whatever is wrong under HTTP 200.
"""

from sandbox.company import Company
from sandbox.server import Options

from .application import AliyunSmsSandbox

__all__ = ["AliyunSmsSandbox", "create"]


def create(company: Company | None, options: Options) -> AliyunSmsSandbox:
    """An account that may send; the company sends nothing by it."""
    return AliyunSmsSandbox(seed=options.seed)
