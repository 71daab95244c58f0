"""Telling: what there is to tell becomes messages, each recipient's in their time and measure.

Within an hour a recipient gets so many messages, and no more; where more is to be told than that,
it comes in one. Nothing is told before all that waits was looked at: ten thousand records that
turn at once are one message. A message is stored in the transaction that says so of what it tells;
from then on it is a delivery like any other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from connector.engine import saving
from connector.engine.system import System
from connector.errors import Words
from connector.faults import fault
from connector.messages import say
from connector.objects import Message
from connector.rules.book import Book
from connector.rules.evaluate import occasion_of
from connector.rules.people import Recipient
from connector.store import facts, rules
from connector.store.engine import Tx

HOUR, A_DAY = 3600.0, 86_400.0
MOST = 20_000
"""Occasions that are looked at together."""
LINES = 20
"""Of a message that tells of many."""
LONGEST = 3_900
"""Characters of a message; a record's text can hold no more."""
COUNT = "messages"
ENOUGH, UNWANTED = "enough", "nobody"
"""In the place of a message's number: the address has had enough today, or wants nothing."""


class Teller:
    """Tells what the rules of one system found."""

    def __init__(self, system: System, book: Book) -> None:
        self._system = system
        self._book = book

    def run(self) -> int:
        """Make messages of what can be told now; how many."""
        store = self._system.store
        with store.reading() as tx:
            if not rules.untold(tx, 1):
                return 0
        with store.transaction() as tx:
            now = store.now(tx)
            numbers = [n for some in self._by_recipient(tx) for n in self._tell(tx, some, now)]
            fault("messages_made")
        fault("messages_stored")
        return len(numbers)

    def _by_recipient(self, tx: Tx) -> list[list[Any]]:
        found: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for one in rules.untold(tx, MOST):
            if self._book.people.reaches(one.channel):
                found[one.channel, one.address].append(one)
            elif one.channel:  # the connection was taken out of the configuration
                rules.tell(tx, [one.id], self._system.store.now(tx), UNWANTED)
        return list(found.values())

    def _tell(self, tx: Tx, some: Sequence[Any], now: float) -> Iterator[str]:
        """One recipient's."""
        is_open = self._book.opens(now) <= now
        at_once = [one for one in some if one.urgent or is_open]
        outside = [one for one in at_once if one.outside]
        yield from self._tell_outside(tx, outside, now)
        inside = [one for one in at_once if not one.outside]
        if not inside:
            return
        first = inside[0]
        said = rules.told_since(tx, first.channel, first.address, now - HOUR)
        room = self._book.messages.fold - said
        if len(inside) <= room:
            yield from (self.message(tx, [one], now) for one in inside)
        elif room > 0:
            yield self.message(tx, inside, now)

    def _tell_outside(self, tx: Tx, some: Sequence[Any], now: float) -> Iterator[str]:
        """Each by itself, as many as an address may get a day."""
        most = self._book.messages.to_customers
        for one in some:
            if facts.noted(tx, stopped(one.channel, one.address)):
                rules.tell(tx, [one.id], now, UNWANTED)
            elif rules.told_since(tx, one.channel, one.address, now - A_DAY) >= most:
                rules.tell(tx, [one.id], now, ENOUGH)
            else:
                yield self.message(tx, [one], now)

    def message(self, tx: Tx, some: Sequence[Any], now: float, title: str = "") -> str:
        """Store the message that tells these, all of one recipient; its number."""
        first = some[0]
        number = self._number(tx, now)
        made = Message(
            number=number,
            channel=first.channel,
            to=first.address,
            title=title or (first.title if len(some) == 1 else self._in_all(len(some))),
            text=first.text if len(some) == 1 else self._digest(some),
            urgent=any(one.urgent for one in some),
            rule=first.rule if len({one.rule for one in some}) == 1 else "",
        )
        if len(some) == 1:
            made = made.model_copy(update={
                "template": first.template, "parameters": first.parameters,
                "object": first.object, "key": first.key,
            })  # fmt: skip
        saving.save(self._system, tx, "message", {number: made})
        rules.tell(tx, [one.id for one in some if one.id], now, number)
        return number

    def _number(self, tx: Tx, now: float) -> str:
        count = facts.count_more(self._system.store, tx, COUNT)
        return f"M{self._book.today(now).day:%Y%m%d}-{count:05}"

    def _in_all(self, count: int) -> str:
        return say("digest_title", count=count).render(self._book.language)

    def _digest(self, some: Sequence[Any]) -> str:
        """One line of each, as many as can be read."""
        lines, size = [], 0
        for one in some[:LINES]:
            line = f"- {' '.join((one.text or one.title).split())}"
            size += len(line) + 1
            if size > LONGEST:
                break
            lines.append(line)
        left = len(some) - len(lines)
        more = [say("digest_more", count=left).render(self._book.language)] if left else []
        return "\n".join([*lines, *more])


def announce(
    system: System,
    tx: Tx,
    book: Book,
    rule: str,
    to: Iterable[Recipient],
    title: Words,
    lines: Sequence[Words],
    *,
    kind: str = "begin",
    urgent: bool = False,
    digest: bool = False,
) -> None:
    """Note what is to be told of a rule itself, of no record; each in their own language."""
    rows = []
    for one in to:
        language = one.language or book.language
        said = [x if isinstance(x, str) else x.render(language) for x in (title, *lines)]
        rows.append(occasion_of(rule, kind, system.store.now(tx)) | {
            "channel": one.channel, "address": one.address,
            "title": said[0], "text": "\n".join(said[1:]) or said[0],
            "urgent": int(urgent), "digest": int(digest),
        })  # fmt: skip
    rules.note(tx, rows)


def stopped(channel: str, address: str) -> str:
    """Under which it is noted that an address wants no messages."""
    return f"stopped {channel} {address}"


def stop(system: System, tx: Tx, channel: str, address: str, *, wanted: bool) -> None:
    """An address wants no messages any more, or again."""
    facts.note(system.store, tx, stopped(channel, address), "" if wanted else "1")
