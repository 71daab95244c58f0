"""The oracle: says of a finished run what was lost, doubled, invented or left out of order.

It may see neither the product nor the adapters nor the sandbox (the import linter holds it to
that) and reads only what the two systems themselves wrote down, what people decided, and the
product's public listings.
"""

from tests.oracle.history import History
from tests.oracle.verdict import Verdict, judge

__all__ = ["History", "Verdict", "judge"]
