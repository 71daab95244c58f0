"""Errors, grouped by what is done about them.

    raise                what the engine does
    ConfigError          does not start; lists every problem with its place
    Unreachable          pauses the connection; the attempt is not counted
    AccessDenied         pauses the connection; not counted; a person mends the credentials
    Transient            this record again later; counted
    OutcomeUnknown       in doubt: settle, look it up by reference, then decide
    HalfDone             the record exists, a later step failed; `cause` decides what next
    AlreadyExists        adopt what carries our reference; else stop: not ours
    Changed              read again and decide again
    Conflict             stop: beyond what `on_change` allows, a person decides
    Locked               retried in its own window, not counted
    Awaiting             people there must act first; looked at again, not counted
    Gone                 the target is not there any more: stop
    Rejected             stop, with the remote's own words
    MappingFault         stop, naming the field
    MissingLink          waits for the record it names
    UnsafeRun            stops the run; names the override
    LeaseLost            drops the work silently: somebody else holds it

They are siblings: a handler never catches one by catching another. Every message is a
sentence for a person; `Message`s are rendered in the language of whoever reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connector import log
from connector.messages import Message

Words = Message | str
"""Our own sentence, or the remote's own words."""


def _without_secrets(words: Words) -> Words:
    if isinstance(words, Message):
        return Message(words.id, log.redact_values(words.params))
    return log.redact_text(words)


class ConnectorError(Exception):
    """Base of all expected errors. `words` is what a person reads."""

    def __init__(self, words: Words) -> None:
        super().__init__(words)
        self.words = words

    def __str__(self) -> str:
        return str(self.words)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a file: where, and what to do about it."""

    place: str
    """`file:line:column`, or whatever of it is known."""
    words: Words

    def __str__(self) -> str:
        return f"{self.place}: {self.words}" if self.place else str(self.words)


class ConfigError(ConnectorError):
    """Configuration or mappings cannot be used; every problem is listed at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class UnsafeRun(ConnectorError):
    """A guard stopped the run before harm was done. The message names the override."""


class LeaseLost(ConnectorError):
    """This worker no longer holds the record it was working on."""


class MappingFault(ConnectorError):
    """A record cannot be mapped; `path` names the field."""

    def __init__(self, path: str, words: Words) -> None:
        super().__init__(words)
        self.path = path


class MissingLink(ConnectorError):
    """A record that this one refers to is not (usable) in the target yet."""

    def __init__(self, object: str, key: str, words: Words) -> None:
        super().__init__(words)
        self.object = object
        self.key = key


class AdapterError(ConnectorError):
    """What a remote system answered, or did not answer.

    A remote may repeat what it was sent, secrets included: they are removed here, before the
    words reach a log, the store, a screen or the other system.
    """

    code: str = ""
    """The remote's own error code, if it gave one."""

    def __init__(self, words: Words, *, code: str = "", answer: str = "") -> None:
        super().__init__(_without_secrets(words))
        self.code = code
        self.answer = log.redact_text(answer)
        """The raw answer, capped, for the attempt's record."""


class Unreachable(AdapterError):
    """The system cannot be reached, or asked us to wait, before anything was done."""

    def __init__(
        self, words: Words, *, retry_after: float | None = None, code: str = "", answer: str = ""
    ) -> None:
        super().__init__(words, code=code, answer=answer)
        self.retry_after = retry_after


class AccessDenied(AdapterError):
    """Credentials, licence, permission or address are refused: nothing works until mended."""


class Transient(AdapterError):
    """This one call failed without having been done; the same again later may work."""

    def __init__(
        self, words: Words, *, retry_after: float | None = None, code: str = "", answer: str = ""
    ) -> None:
        super().__init__(words, code=code, answer=answer)
        self.retry_after = retry_after


class OutcomeUnknown(AdapterError):
    """A write may or may not have been done. Never repeated before it was looked up."""


class HalfDone(AdapterError):
    """The record exists as `key`, a later step failed for `cause`. `step` is the last one done."""

    def __init__(self, written: object, cause: AdapterError) -> None:
        super().__init__(cause.words, code=cause.code, answer=cause.answer)
        self.written = written
        """The `contract.Written` so far: key, number, line keys, step, shown."""
        self.cause = cause


class AlreadyExists(AdapterError):
    """The target holds another record with our number or unique key."""

    def __init__(self, words: Words, *, key: str = "", code: str = "", answer: str = "") -> None:
        super().__init__(words, code=code, answer=answer)
        self.key = key


class Changed(AdapterError):
    """The target record changed under our hands; nothing was written."""


class Conflict(AdapterError):
    """The target record is beyond plain editing: audited, closed, other documents hang on it."""


class Locked(AdapterError):
    """Somebody or something holds the record: edit lock, closed period, credit hold."""

    def __init__(
        self, words: Words, *, retry_after: float | None = None, code: str = "", answer: str = ""
    ) -> None:
        super().__init__(words, code=code, answer=answer)
        self.retry_after = retry_after


class Awaiting(AdapterError):
    """What was written takes effect, or may be written, only once people in the target have acted;
    the message says on what document and whom."""

    def __init__(
        self, words: Words, *, taken: bool = False, code: str = "", answer: str = ""
    ) -> None:
        super().__init__(words, code=code, answer=answer)
        self.taken = taken
        """The target has all that was to be written, and shows it once they have."""


class Gone(AdapterError):
    """The target record is not there any more."""


class Rejected(AdapterError):
    """The remote understood and refused; the same again would be refused again."""

    def __init__(self, words: Words, *, field: str = "", code: str = "", answer: str = "") -> None:
        super().__init__(words, code=code, answer=answer)
        self.field = field
