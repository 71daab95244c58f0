"""The remote as a test sees it: past the adapter, with people in it and faults on the wire."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from connector.contract import Adapter

Held = Mapping[str, Mapping[str, Any]]


class Remote(ABC):
    """One remote system that belongs to one test, and the form that is exercised in it.

    Only `connect` and `held` must be there. Of the others, what is overridden is offered;
    tests that need more are skipped. Nothing here goes through the adapter under test.
    """

    small: ClassVar[Mapping[str, Any]] = {"page": 2}
    """Settings with which a few records make several pages and several requests."""

    @abstractmethod
    def connect(self, **settings: Any) -> Adapter:
        """A new adapter, as after a restart; `settings` replace the usual ones.

        Give it a `SkippingClock`, so that pauses between repeated reads take no time.
        """

    @abstractmethod
    def held(self) -> Held:
        """Every record of the form as it stands now, by key.

        The sample's fields by their names (number and reference included), tables as lists
        of rows with their key field. What moves by itself, such as stamps, is left out.
        """

    def pass_time(self, seconds: float) -> None:  # noqa: B027 - most remotes need nothing
        """Let time pass there, without waiting if that is possible.

        Needed where readings are made of time: a reading need not show what was done in the
        very second in which it begins.
        """

    # -- people -----------------------------------------------------------------------------

    def add(self, number: str = "") -> str:
        """Somebody adds a complete record (with that number); returns its key."""
        raise NotImplementedError

    def add_together(self, count: int) -> Sequence[str]:
        """Add records that all carry one and the same modification stamp; their keys."""
        raise NotImplementedError

    def edit(self, key: str, field: str, value: Any) -> None:
        """Somebody changes a field; `table/field` is that field of the first row."""
        raise NotImplementedError

    def edit_late(self, key: str, field: str, value: Any, seconds: float) -> None:
        """A change whose stamp is so many seconds old when it becomes visible."""
        raise NotImplementedError

    def delete(self, key: str) -> None:
        """Somebody deletes a record."""
        raise NotImplementedError

    # -- what became of our writes ----------------------------------------------------------

    def saves(self) -> int:
        """How often our side has created or changed a record so far; steps do not count."""
        raise NotImplementedError

    def step_of(self, key: str) -> str:
        """The step that a record has reached."""
        raise NotImplementedError

    def is_cancelled(self, key: str) -> bool:
        """Whether a record is void."""
        raise NotImplementedError

    # -- faults -----------------------------------------------------------------------------

    def drop_request(self) -> None:
        """The next write never arrives: the connection breaks before."""
        raise NotImplementedError

    def lose_answer(self) -> None:
        """The next write is carried out, and its answer is lost."""
        raise NotImplementedError

    def garble_answer(self) -> None:
        """The next write is carried out, and answered by a page of HTML under status 200."""
        raise NotImplementedError

    def lose_step(self, step: str) -> None:
        """The next time that a record takes `step` it does so, and the answer is lost."""
        raise NotImplementedError

    def answer_status(self, status: int, after: int = 0) -> None:
        """From now on every request is answered by `status` and nothing is done.

        The next `after` requests still go through.
        """
        raise NotImplementedError

    def answer_html(self) -> None:
        """From now on every request is answered by a page of HTML under status 200."""
        raise NotImplementedError

    def heal(self) -> None:
        """All is well again."""
        raise NotImplementedError

    def end_session(self) -> None:
        """The next request finds that its session or token is not valid any more."""
        raise NotImplementedError

    def stranger(self) -> Adapter:
        """An adapter whose password (or secret) is wrong."""
        raise NotImplementedError
