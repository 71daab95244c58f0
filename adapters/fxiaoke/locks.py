"""Writing to records that an approval or a person has locked: unlock, write, lock again.

Fxiaoke has no switch for it on preset objects. Between unlocking and locking a record stands
open, so whatever happens in between it is locked again, and a failure to do so is the
write's failure: the engine then repeats the write, which sets the same values, and the
record, remembered here, is locked at last. Only a process that is killed in those seconds
forgets it.
"""

from __future__ import annotations

from collections.abc import Callable

from adapters.fxiaoke.answers import SERVICE_ERROR
from adapters.fxiaoke.client import Client, Row
from adapters.fxiaoke.forms import INVALID, LIFE, LOCK, LOCKED
from connector.errors import (
    AdapterError,
    Conflict,
    Gone,
    Locked,
    OutcomeUnknown,
    Rejected,
    Transient,
)
from connector.messages import say

Change = Callable[[], object]
"""Sets values, never adds: past a lock it is done twice."""


class Locks:
    """Changes records through their locks. Safe for several threads, one per record."""

    def __init__(self, client: Client, policy: str) -> None:
        """`policy` is the setting `locked`."""
        self._client = client
        self._policy = policy
        self._open: set[tuple[str, str]] = set()
        """Records that we unlocked and have not locked again."""

    def passes(self, form: str, key: str, change: Change) -> bool:
        """Do `change` and return True; False if only a lock that may be opened is in its way."""
        if (form, key) in self._open:
            return False
        try:
            change()
        except (Rejected, OutcomeUnknown) as refusal:
            self._raise_unless_locked(form, key, refusal)
            return False
        return True

    def opens(self, form: str, key: str, change: Change) -> None:
        """Do `change` between unlocking and locking again."""
        if (form, key) not in self._open:
            self._unlock(form, key)
        try:
            change()
        except OutcomeUnknown as error:
            # It stays in doubt, whatever becomes of the lock.
            self._lock_after(form, key, error)
            raise
        except BaseException:
            self._lock(form, key)
            raise
        self._lock(form, key)

    def _raise_unless_locked(self, form: str, key: str, refusal: Rejected | OutcomeUnknown) -> None:
        """Find out what a refusal meant. Returns only for a lock that may be opened."""
        if isinstance(refusal, OutcomeUnknown) and refusal.code != str(SERVICE_ERROR):
            raise refusal
        try:
            record = self._client.get(form, key)
        except AdapterError:
            raise refusal from None
        code, answer = refusal.code, refusal.answer
        if record is None:
            raise Gone(say("fxiaoke_gone", key=key), code=code, answer=answer) from refusal
        if record.get(LIFE) == INVALID:
            raise Conflict(say("fxiaoke_invalid"), code=code, answer=answer) from refusal
        if not _stands_locked(record):
            raise refusal
        if self._policy == "wait":
            raise Locked(say("fxiaoke_locked"), code=code, answer=answer) from refusal
        if self._policy == "fail":
            raise Rejected(say("fxiaoke_locked"), code=code, answer=answer) from refusal

    # -- unlocking and locking --------------------------------------------------------------

    def _unlock(self, form: str, key: str) -> None:
        self._open.add((form, key))
        try:
            self._client.unlock(form, key)
        except OutcomeUnknown as error:
            self._lock(form, key)
            raise Transient(error.words, code=error.code, answer=error.answer) from error
        except AdapterError as refusal:
            self._open.discard((form, key))
            if isinstance(refusal, Rejected):
                words = say("fxiaoke_stays_locked", detail=str(refusal))
                raise Locked(words, code=refusal.code, answer=refusal.answer) from refusal
            raise

    def _lock(self, form: str, key: str) -> None:
        try:
            self._client.lock(form, key)
        except AdapterError as error:
            if not self._is_locked(form, key):
                error.words = say("fxiaoke_left_unlocked", key=key, detail=str(error))
                raise
        self._open.discard((form, key))

    def _lock_after(self, form: str, key: str, error: OutcomeUnknown) -> None:
        """The same; what could not be locked is told in the words of `error`."""
        try:
            self._lock(form, key)
        except AdapterError as left_open:
            error.words = left_open.words

    def _is_locked(self, form: str, key: str) -> bool:
        try:
            record = self._client.get(form, key)
        except AdapterError:
            return False
        return record is not None and _stands_locked(record)


def _stands_locked(record: Row) -> bool:
    return str(record.get(LOCK)) == LOCKED
