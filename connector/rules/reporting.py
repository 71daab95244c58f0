"""The daily report: it comes on good days, too, so that its absence tells that nobody works.

What rules keep for it (`digest`) stands below, each recipient's own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.engine.system import System
from connector.faults import fault
from connector.messages import Message, load, say, word
from connector.rules.book import Book
from connector.rules.people import Recipient
from connector.rules.telling import LINES, MOST, Teller
from connector.store import deliveries, facts, feeds, pauses, rules
from connector.store.engine import Tx
from connector.workdays import is_known

REPORTED = "reported"
DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Line:
    """A message of our own, as if it were an occasion."""

    channel: str
    address: str
    title: str
    text: str
    id: int = 0
    urgent: bool = True
    rule: str = ""
    template: str = ""
    parameters: str = ""
    object: str = ""
    key: str = ""


class Reporter:
    """Reports on one system."""

    def __init__(self, system: System, book: Book) -> None:
        self._system = system
        self._book = book
        self._teller = Teller(system, book)

    def run(self) -> int:
        """Make today's reports, once it is time for them; how many."""
        store = self._system.store
        with store.reading() as tx:
            if not self._is_time(tx):
                return 0
        with store.transaction() as tx:
            now = store.now(tx)
            facts.note(store, tx, REPORTED, str(self._book.today(now).day))
            numbers = list(self._reports(tx, now))
            fault("reports_made")
        return len(numbers)

    def _is_time(self, tx: Tx) -> bool:
        now = datetime.fromtimestamp(self._system.store.now(tx), self._book.zone)
        there = now.time() >= self._book.messages.report_at
        return there and facts.noted(tx, REPORTED) != str(now.date())

    def _reports(self, tx: Tx, now: float) -> Iterator[str]:
        kept: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for one in rules.untold(tx, MOST, digest=True):
            kept[one.channel, one.address].append(one)
        names = self._book.messages.report
        readers = list(self._book.people.told(names, (), lambda _: None))
        for reader in readers:
            mine = kept.pop((reader.channel, reader.address), [])
            yield self._report(tx, reader, mine, now)
        for some in kept.values():
            yield self._teller.message(tx, some, now)

    def _report(self, tx: Tx, reader: Recipient, kept: Sequence[Any], now: float) -> str:
        language = reader.language or self._book.language
        lines = list(self._lines(tx, now, language))
        day = self._book.today(now).day
        title = say("report_title" if lines else "report_well", day=day, count=len(lines))
        said = [f"- {line.render(language)}" for line in lines]
        said += [f"- {' '.join((one.text or one.title).split())}" for one in kept[:LINES]]
        if len(kept) > LINES:
            said.append(say("digest_more", count=len(kept) - LINES).render(language))
        text = "\n".join(said) or title.render(language)
        line = Line(reader.channel, reader.address, title.render(language), text)
        number = self._teller.message(tx, [line], now)
        rules.tell(tx, [one.id for one in kept], now, number)
        return number

    def _lines(self, tx: Tx, now: float, language: str) -> Iterator[Message]:
        """What is not as it should be."""
        yield from self._flows(tx, language)
        for row in feeds.all_connections(tx):
            if row.name in self._system.connections and (row.paused_until or 0) > now:
                why = self._system.hints[row.name].explain(load(row.paused_why)).words
                yield say("report_paused", name=row.name, why=why)
        for name, pause in pauses.of(tx, list(self._system.flows)).items():
            yield say("flow_paused", name=name, why=load(pause.why))
        day = self._book.today(now).day
        if day.month == DECEMBER and not is_known(day.year + 1):
            yield say("report_calendar", year=day.year + 1)

    def _flows(self, tx: Tx, language: str) -> Iterator[Message]:
        counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for row in deliveries.counts(tx):
            if row.flow in self._system.flows and row.state in ("stopped", "in_doubt"):
                counts[row.flow][row.reason or row.state] += row.n
        for flow, reasons in sorted(counts.items()):
            found = sorted(reasons.items())
            of = ", ".join(f"{word('reason', one, language)} {n}" for one, n in found)
            yield say("report_flow", flow=flow, count=sum(reasons.values()), of=of)
