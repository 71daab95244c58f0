"""Reports that people get on days of their own: the essence of each, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from connector.closed import A_DAY
from connector.derive.reports import FIGURES, MONTH_COLUMNS, Report
from connector.engine.reports import report
from connector.engine.system import System
from connector.faults import fault
from connector.messages import Message, say, word
from connector.objects.showing import Cell, shown
from connector.rules.book import Book
from connector.rules.people import Recipient
from connector.rules.reporting import Line
from connector.rules.telling import LINES, Teller
from connector.settings import ReportSettings
from connector.store import facts
from connector.store.engine import Tx

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST = 31
"""Days between two of the rarest, at most."""


class Scheduled:
    """The reports of one system that come by themselves."""

    def __init__(self, system: System, book: Book) -> None:
        self._system = system
        self._book = book
        self._teller = Teller(system, book)

    def run(self) -> int:
        """Make the reports whose time has come; how many messages."""
        store, made = self._system.store, 0
        for name, settings in self._book.messages.reports.items():
            with store.reading() as tx:
                day = self._due(tx, name, settings)
            if day is None:
                continue
            with store.transaction() as tx:
                told = facts.noted(tx, _fact(name))
                facts.note(store, tx, _fact(name), str(day))
                if told:  # one that is new begins with the next of its days
                    made += len(list(self._messages(tx, settings)))
                fault("report_scheduled")
        return made

    def _due(self, tx: Tx, name: str, settings: ReportSettings) -> date | None:
        """The day whose report is to be made: the last of its days, unless it was made."""
        now = datetime.fromtimestamp(self._system.store.now(tx), self._book.zone)
        last = now.date() if now.time() >= settings.at else now.date() - A_DAY
        days = (last - timedelta(days=n) for n in range(LONGEST))
        day = next((one for one in days if self._is_its(one, settings.every)), None)
        return day if day and facts.noted(tx, _fact(name)) < str(day) else None

    def _is_its(self, day: date, every: str) -> bool:
        match every:
            case "day":
                return True
            case "workday":
                return self._book.calendar.works(day)
            case "month":
                return day.day == 1
            case _:
                return WEEKDAYS[day.weekday()] == every

    def _messages(self, tx: Tx, settings: ReportSettings) -> Iterator[str]:
        now = self._system.store.now(tx)
        day = self._book.today(now).day
        made: dict[str, tuple[str, str]] = {}
        for reader in self._book.people.told(settings.to, (), lambda _: None):
            language = reader.language or self._book.language
            if language not in made:
                made[language] = self._text(tx, settings.report, day, language)
            yield self._message(tx, reader, *made[language], now)

    def _message(self, tx: Tx, reader: Recipient, title: str, text: str, now: float) -> str:
        return self._teller.message(tx, [Line(reader.channel, reader.address, title, text)], now)

    def _text(self, tx: Tx, name: str, day: date, language: str) -> tuple[str, str]:
        """`(title, text)`. What is told by months is of the one that yesterday was in."""
        of = day - A_DAY
        made = report(self._system, tx, name, language, of.year)
        lines = [" ".join(one.render(language).split()) for one in SAYS[name](made, of.month)]
        said = [f"- {one}" for one in lines[:LINES]]
        if len(lines) > LINES:
            said.append(say("digest_more", count=len(lines) - LINES).render(language))
        title = say("report_scheduled", name=word("report", name, language), day=day)
        nothing = say("report_none").render(language)
        return title.render(language), "\n".join(said) or nothing


def _fact(name: str) -> str:
    return f"report {name}"


def _column(month: int) -> str:
    return MONTH_COLUMNS[month - 1]


def _sales(made: Report, month: int) -> Iterator[Message]:
    """For each salesperson what came in the month, and in the year so far."""
    found: dict[tuple[Cell, Cell], dict[str, dict[str, Cell]]] = defaultdict(dict)
    for row in _rows(made):
        if row["year"] == str(made.year):
            found[row["salesperson"], row["currency"]][str(row["figure"])] = row
    for (who, currency), rows in found.items():
        told = {one: shown(rows.get(one, {}).get(_column(month))) or "0" for one in FIGURES}
        whole = rows.get("ordered", {})
        yield say(
            "report_line_sales",
            month=f"{made.year}-{month:02}",
            salesperson=who,
            currency=currency,
            year=shown(whole.get("total")) or "0",
            growth=shown(whole.get("growth_year")) or "-",
            **told,
        )


def _on_time(made: Report, month: int) -> Iterator[Message]:
    for row in _rows(made):
        if row["year"] == str(made.year) and row["total"] is not None:
            yield say(
                "report_line_on_time",
                month=f"{made.year}-{month:02}",
                salesperson=row["salesperson"],
                rate=shown(row[_column(month)]) or "-",
                year=shown(row["total"]),
            )


def _backlog(made: Report, _: int) -> Iterator[Message]:
    for row in _rows(made):
        told: dict[str, Any] = {name: shown(row[name]) for name in row}
        if row["orders"] is None:
            yield say("report_line_backlog_all", **told)
        else:
            yield say("report_line_backlog", **told)


def _overdue(made: Report, _: int) -> Iterator[Message]:
    for row in _rows(made):
        yield say("report_line_overdue", **{name: shown(row[name]) or "0" for name in row})


def _rows(made: Report) -> Iterator[dict[str, Cell]]:
    return (dict(zip(made.columns, row.cells, strict=True)) for row in made.rows)


SAYS = {"sales": _sales, "on_time": _on_time, "backlog": _backlog, "overdue": _overdue}
"""By report, what is said of it."""
