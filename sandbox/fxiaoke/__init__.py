"""Fxiaoke (纷享销客), simulated after the fact sheet: the CRM of the rehearsal.

Always HTTP 200, success in the body; numbers are strings, dates midnight in China; locks,
approvals, two generations of tokens. What nobody knows takes the unpleasant reading, with
a switch for the pleasant one (see `application.SWITCHES`).
"""

from sandbox.company import Company
from sandbox.server import Options

from .application import FxiaokeSandbox

__all__ = ["FxiaokeSandbox", "create"]


def create(company: Company | None, options: Options) -> FxiaokeSandbox:
    """A tenant with this company's customers, products and orders."""
    return FxiaokeSandbox(company, limits=options.limits, seed=options.seed)
