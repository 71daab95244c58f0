"""Writing to records that an approval or a person has locked: unlock, write, lock again.

Fxiaoke has no switch for it on preset objects. Between unlocking and locking a record stands
open, so whatever happens in between it is locked again, and a failure to do so is the
write's failure: the engine then repeats the write, which sets the same values, and the
record, remembered here, is locked at last. Only a process that is killed in those seconds
forgets it.
"""

from __future__ import annotations

from collections.abc import Callable

from adapters.fxiaoke.client import Client, Row
from adapters.fxiaoke.codes import SERVICE_ERROR
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


class Locks:
    """Changes records through their locks. Safe for several threads, one per record."""

    def __init__(self, client: Client, policy: str) -> None:
        """`policy` is the setting `locked`."""
        self._client = client
        self._policy = policy
        self._open: set[tuple[str, str]] = set()
        """Records that we unlocked and have not locked again."""

    def through(self, form: str, key: str, change: Callable[[], None]) -> None:
        """Do `change`, which must set values, never add: past a lock it is done twice."""
        if (form, key) not in self._open:
            try:
                change()
                return
            except (Rejected, OutcomeUnknown) as refusal:
                self._raise_unless_locked(form, key, refusal)
            self._unlock(form, key)
        try:
            change()
        finally:
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
        if record.get("life_status") == "invalid":
            raise Conflict(say("fxiaoke_invalid"), code=code, answer=answer) from refusal
        if not _stands_locked(record):
            raise refusal
        if self._policy == "wait":
            raise Locked(say("fxiaoke_locked"), code=code, answer=answer) from refusal
        if self._policy == "fail":
            raise Rejected(say("fxiaoke_locked"), code=code, answer=answer) from refusal

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

    def _is_locked(self, form: str, key: str) -> bool:
        try:
            record = self._client.get(form, key)
        except AdapterError:
            return False
        return record is not None and _stands_locked(record)


def _stands_locked(record: Row) -> bool:
    return str(record.get("lock_status")) == "1"
