"""The conformance suite: what every adapter must do, told as tests.

Whoever writes an adapter subclasses `AdapterConformance` in a test module, says how a record
of one form looks (`Sample`), and hands over the remote (`Remote`): how to connect to it, and
as much as can be done there past the adapter, people's edits and faults. Tests that need
what the adapter or the handle lacks are skipped, with what is lacking as the reason.

    class TestInvoices(AdapterConformance):
        sample = Sample(shape=INVOICES, text="memo", new=invoice)

        @pytest.fixture
        def remote(self) -> Iterator[Remote]:
            with a_server() as server:
                yield MyRemote(server)

One class exercises one form of one connection; further forms and settings are further
classes. The suite needs pytest and is imported by tests alone.
"""

import pytest

_PARTS = (
    "batches", "codes", "faults", "finding", "hygiene", "reading", "steps", "suite", "writing",
)  # fmt: skip
pytest.register_assert_rewrite(*(f"{__name__}.{part}" for part in _PARTS))

from connector.testing.clock import SkippingClock  # noqa: E402 - after the rewriting was asked for
from connector.testing.conformance import AdapterConformance  # noqa: E402
from connector.testing.remote import Remote  # noqa: E402
from connector.testing.sample import Sample  # noqa: E402

__all__ = ["AdapterConformance", "Remote", "Sample", "SkippingClock"]
