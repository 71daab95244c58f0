"""The whole suite in one class."""

from __future__ import annotations

from connector.testing.batches import Batches
from connector.testing.codes import Codes
from connector.testing.faults import Faults
from connector.testing.finding import Finding
from connector.testing.hygiene import Hygiene
from connector.testing.reading import ReadingAll, ReadingChanges
from connector.testing.steps import Steps
from connector.testing.writing import Writing


class AdapterConformance(
    Hygiene, ReadingAll, ReadingChanges, Finding, Writing, Codes, Steps, Batches, Faults
):
    """Subclass it with `sample` and the fixture `remote`; see the package's docstring."""
