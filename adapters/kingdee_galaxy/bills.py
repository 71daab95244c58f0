"""The steps of a bill: saved, submitted, audited, allocated. A small state machine.

    Z draft, A created, D sent back ──Submit──▶ B under audit ──Audit──▶ C audited

Where a bill stands is read from the server or proven by its answer, never assumed. A step
that is refused is looked at again: somebody may have taken it meanwhile, or a workflow holds
the bill and people must act. Several bills climb together, one call a step.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from adapters.kingdee_galaxy.client import Client
from adapters.kingdee_galaxy.codec import Layout, layouts
from adapters.kingdee_galaxy.filters import Where
from adapters.kingdee_galaxy.forms import STATUS, YES, Ending, Form, form_of
from adapters.kingdee_galaxy.model import Asked, accepted
from adapters.kingdee_galaxy.settings import KingdeeGalaxySettings
from connector.contract import Record, Shape, Write, Written
from connector.errors import AdapterError, Changed, Gone, HalfDone, Rejected
from connector.expected import LineKeys
from connector.messages import say

DRAFT, CREATED, SUBMITTED, AUDITED, SENT_BACK = "ZABCD"
EDITABLE = frozenset((DRAFT, CREATED, SENT_BACK))
STEPS = ("saved", "submitted", "audited")
REACHED = {SUBMITTED: "submitted", AUDITED: "audited"}
"""The step that a status stands for; all others are `saved`."""


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: the call that takes it, from which states, to which one."""

    verb: str
    sources: frozenset[str]
    target: str

    @property
    def name(self) -> str:
        return REACHED[self.target]


LADDER = (
    Step("Submit", EDITABLE, SUBMITTED),
    Step("Audit", frozenset((SUBMITTED,)), AUDITED),
)


@dataclass
class Bill:
    """A record on its way, and what is known of it so far."""

    write: Write
    key: str = ""
    number: str = ""
    state: str = ""
    """FDocumentStatus."""
    ended: frozenset[str] = frozenset()
    """Status fields that say that it is voided, closed or forbidden."""
    line_keys: LineKeys = field(default_factory=dict)
    shown: Record | None = None
    awaits: str = ""
    error: AdapterError | None = None

    @cached_property
    def form(self) -> Form:
        return form_of(self.write.form)

    @cached_property
    def asked(self) -> Asked:
        """The numbers that saving it should give back."""
        return Asked.by(self.write)

    @property
    def step(self) -> str:
        return REACHED.get(self.state, "saved")

    @property
    def voided(self) -> bool:
        """People, or we, have voided it: nothing more becomes of it."""
        return self.form.cancel is not None and self.form.cancel.field in self.ended

    @property
    def arrived(self) -> bool:
        """It is as far as our side takes it."""
        until = self.write.until
        return until not in STEPS or STEPS.index(self.step) >= STEPS.index(until)

    def wants(self, step: Step) -> bool:
        """The step is still to be taken, and can be."""
        until = self.write.until
        asked = until in STEPS and STEPS.index(until) >= STEPS.index(step.name)
        return asked and not self.error and not self.awaits and self.state in step.sources

    def written(self) -> Written:
        """What can be said of it now."""
        return Written(self.key, self.number, self.line_keys, self.step, self.awaits, self.shown)

    def outcome(self) -> Written | AdapterError:
        """The end of a write. What failed once the record existed is half done.

        Never done before it has arrived: what people moved under our hands is looked at anew.
        """
        error = self.error
        if error is None and not self.arrived and not self.awaits:
            error = Changed(say("kingdee_moved", number=self.number))
        if error is None:
            return self.written()
        return HalfDone(self.written(), error) if self.key else error


class Ladder:
    """Takes bills up their steps."""

    def __init__(self, client: Client, settings: KingdeeGalaxySettings) -> None:
        self._client = client
        self._workflow = re.compile(settings.workflow_text)
        self._opinion = settings.opinion_field
        self._orgs: dict[str, str] = {}

    # -- where they stand -------------------------------------------------------------------

    def look(self, bills: Sequence[Bill]) -> None:
        """Read where bills stand; one that is not there keeps an empty state."""
        write = bills[0].write
        layout = _standing(write)
        where = Where(set(layout.known)).among(form_of(write.form).key, map(int, _keys(bills)))
        rows = self._client.query(layout.form, layout.keys, str(where), layout.order)
        found = layout.gather(rows, {})
        for bill in bills:
            record = found.get(bill.key)
            bill.state = str(record.fields[STATUS]) if record else ""
            bill.number = record.number if record else bill.number
            bill.ended = frozenset(_ended(record)) if record else frozenset()

    def opinion(self, bill: Bill) -> str:
        """The approver's words, where the site keeps them in the head and somebody wrote some."""
        key = bill.form.key
        layout = layouts(Shape(bill.write.form, (key,), (self._opinion,)), stamped=False).main
        where = Where(set(layout.known)).has(key, "=", int(bill.key))
        try:
            rows = self._client.query(layout.form, layout.keys, str(where), layout.order)
        except Rejected:
            return ""  # this site has no such field
        found = layout.gather(rows, {}).get(bill.key)
        return str(found.fields[self._opinion] or "") if found else ""

    def sent_back(self, bill: Bill, opinion: str = "") -> Rejected:
        """People rejected it, with the approver's words where there are some."""
        words = opinion or self.opinion(bill) or say("kingdee_sent_back", number=bill.number)
        return Rejected(words)

    # -- climbing ---------------------------------------------------------------------------

    def climb(self, bills: Sequence[Bill]) -> None:
        """As far as their writes ask; all of one form, with the same prompts accepted."""
        for step in LADDER:
            climbing = [bill for bill in bills if bill.wants(step)]
            if climbing:
                self._take(step, climbing)
        audited = [b for b in bills if not b.error and b.state == AUDITED]
        if audited and audited[0].write.options.get("allocate"):
            self._allocate(audited)

    def _take(self, step: Step, bills: Sequence[Bill]) -> None:
        write, keys = bills[0].write, _keys(bills)
        try:
            results = self._client.operate(step.verb, write.form, keys, accepted(write))
        except AdapterError as error:
            results = dict.fromkeys(keys, error)
        for bill in bills:
            bill.error = results[bill.key]
            if bill.error is None:
                bill.state = step.target
        refused = [bill for bill in bills if isinstance(bill.error, Rejected | Changed)]
        if refused:
            self._reconsider(step, refused)

    def _reconsider(self, step: Step, bills: Sequence[Bill]) -> None:
        """A refused step: taken or undone by somebody else, waiting for people, or refused."""
        try:
            self.look(bills)
        except AdapterError:
            return  # the refusal stands
        for bill in bills:
            if not bill.state:
                bill.error = Gone(say("kingdee_gone", form=bill.write.form, key=bill.key))
            elif step.target == AUDITED and bill.state == SENT_BACK:
                bill.error = self.sent_back(bill)
            elif bill.state not in step.sources:
                bill.error = None
            elif step.target == AUDITED and self._workflow.search(str(bill.error)):
                bill.error, bill.awaits = None, str(say("kingdee_workflow"))

    def unaudit(self, bill: Bill) -> None:
        """Back from audited. Raises what the server says."""
        write = bill.write
        results = self._client.operate("UnAudit", write.form, [bill.key], accepted(write))
        error = results[bill.key]
        if error is not None:
            raise error
        bill.state = SENT_BACK

    # -- organisations ----------------------------------------------------------------------

    def _allocate(self, bills: Sequence[Bill]) -> None:
        """Give base data to the organisations of the mapping; those that have it are left out."""
        write = bills[0].write
        try:
            wanted = self._organisations(list(write.options["allocate"]))
            held = self._held(bills)
        except AdapterError as error:
            for bill in bills:
                bill.error = error
            return
        missing: dict[tuple[str, ...], list[Bill]] = {}
        for bill in bills:
            orgs = tuple(id for number, id in wanted.items() if (bill.number, number) not in held)
            if orgs:
                missing.setdefault(orgs, []).append(bill)
        for orgs, some in missing.items():
            self._give(some, orgs)

    def _give(self, bills: Sequence[Bill], orgs: Sequence[str]) -> None:
        keys = _keys(bills)
        try:
            results = self._client.allocate(bills[0].write.form, keys, orgs)
        except AdapterError as error:
            results = dict.fromkeys(keys, error)
        for bill in bills:
            bill.error = results[bill.key]

    def _organisations(self, numbers: Sequence[str]) -> dict[str, str]:
        """Ids by number; asked once."""
        unknown = [number for number in numbers if number not in self._orgs]
        if unknown:
            where = Where({"FNumber"}).among("FNumber", unknown)
            rows = self._client.query("ORG_Organizations", "FOrgID,FNumber", str(where), "FOrgID")
            self._orgs |= {str(number): str(id) for id, number in rows}
        for number in numbers:
            if number not in self._orgs:
                raise Rejected(say("kingdee_no_organisation", number=number))
        return {number: self._orgs[number] for number in numbers}

    def _held(self, bills: Sequence[Bill]) -> set[tuple[str, str]]:
        """Which organisation has which of these already, both by number."""
        write = bills[0].write
        where = Where({write.number}).among(write.number, [bill.number for bill in bills])
        keys = f"{write.number},FUseOrgId.FNumber"
        rows = self._client.query(write.form, keys, str(where), form_of(write.form).key)
        return {(str(number), str(org)) for number, org in rows}


def _standing(write: Write) -> Layout:
    form = form_of(write.form)
    fields = (STATUS, *(ending.field for ending in _endings(form)))
    return layouts(Shape(write.form, (form.key,), fields, write.number), stamped=False).heads


def _endings(form: Form) -> list[Ending]:
    return [ending for ending in (form.cancel, form.close) if ending]


def _ended(record: Record) -> list[str]:
    return [name for name, value in record.fields.items() if name != STATUS and value == YES]


def _keys(bills: Sequence[Bill]) -> list[str]:
    return [bill.key for bill in bills]
