"""What a test needs of adapter, sample and remote, and the sentence if it is not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from connector.contract import FormCapabilities
from connector.testing.remote import Remote
from connector.testing.sample import Sample

Test = TypeVar("Test", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Need:
    """A requirement that a form may or may not meet."""

    met: Callable[[FormCapabilities, Sample], bool]
    lack: str
    """The reason for skipping, `{form}` being the form's name."""


CREATE = Need(
    lambda form, sample: "create" in form.operations and sample.new is not None,
    "the adapter creates no {form}",
)
UPDATE = Need(
    lambda form, sample: "update" in form.operations and bool(sample.text),
    "the adapter updates no {form}",
)
TEXT = Need(lambda _, sample: bool(sample.text), "the sample of {form} has no field of free text")
CANCEL = Need(lambda form, _: "cancel" in form.operations, "the adapter cancels no {form}")
VOID = Need(
    lambda form, sample: "cancel" in form.operations and not sample.cancels_by_closing,
    "the adapter makes no {form} void",
)
CLOSE = Need(lambda form, _: "close" in form.operations, "the adapter closes no {form}")
BATCH = Need(lambda form, _: form.batch > 1, "the adapter writes one {form} at a time")
STEPS = Need(lambda form, _: len(form.steps) > 1, "{form} goes through no steps")
SEARCH = Need(
    lambda form, sample: form.search and bool(sample.reference),
    "{form} cannot be searched by our reference",
)
REFERENCE = Need(lambda _, sample: bool(sample.reference), "{form} has no place for our mark")
CHANGES = Need(lambda form, _: form.reads == "changes", "{form} is not read by changes")
FULL = Need(lambda form, _: form.reads == "full", "{form} is not read whole each time")
READS = Need(lambda form, _: form.reads != "none", "{form} is not read")
TABLE = Need(lambda _, sample: bool(sample.table), "{form} has no rows")
ROWS = Need(lambda _, sample: sample.row is not None, "the sample writes no rows of {form}")
AMOUNT = Need(lambda _, sample: bool(sample.amount), "the sample of {form} has no decimal field")
NUMBER = Need(lambda _, sample: bool(sample.shape.number), "{form} has no number")
UNIQUE = Need(lambda _, sample: sample.unique_number, "the remote takes a number of {form} twice")
CODED = Need(lambda _, sample: bool(sample.coded), "the sample of {form} has no field of codes")
REFUSED = Need(
    lambda _, sample: sample.refused is not None, "the sample has no {form} that is refused"
)


def needs(*wanted: Need | Callable[..., Any]) -> Callable[[Test], Test]:
    """Mark a test as needing these; a method of `Remote` means that the handle offers it."""

    def mark(test: Test) -> Test:
        test.__needs__ = wanted  # type: ignore[attr-defined]
        return test

    return mark


def lack_of(
    test: Callable[..., Any], form: FormCapabilities, sample: Sample, remote: Remote
) -> str:
    """Why a test cannot run; empty: it can."""
    for need in getattr(test, "__needs__", ()):
        if not isinstance(need, Need):
            if getattr(type(remote), need.__name__) is need:
                return f"the remote handle offers no {need.__name__}"
        elif not need.met(form, sample):
            return need.lack.format(form=sample.shape.form)
    return ""
