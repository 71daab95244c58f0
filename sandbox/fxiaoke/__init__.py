"""Fxiaoke (纷享销客), simulated after the fact sheet: the CRM of the rehearsal.

Always HTTP 200, success in the body; numbers are strings, dates midnight in China; locks,
approvals, two generations of tokens. What nobody knows takes the unpleasant reading, with
a switch for the pleasant one (see `application.SWITCHES`).
"""

from .application import FxiaokeSandbox

__all__ = ["FxiaokeSandbox"]
