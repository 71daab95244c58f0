"""The books of a small simulated system: forms in data, records with rows, stamps, the ledger.

What a vendor adds (its names, envelopes, steps, limits) stands in its own package; calls and
people of all of them change records here and nowhere else.
"""

from .books import Books
from .forms import Field, Form, Refused
from .people import People, Trade
from .records import Record, Row

__all__ = ["Books", "Field", "Form", "People", "Record", "Refused", "Row", "Trade"]
