"""Messages of a WeCom application, simulated after the fact sheet: tokens, members, limits.

Whatever is wrong is told under HTTP 200, and some of it not at all.
"""

from sandbox.company import Company
from sandbox.server import Options

from .application import WeComAppSandbox

__all__ = ["WeComAppSandbox", "create"]


def create(company: Company | None, options: Options) -> WeComAppSandbox:
    """A company in WeCom with an application; the simulated company's people are not in it."""
    return WeComAppSandbox(seed=options.seed)
