"""Both ways, in any order of edits, readings, deliveries and lost answers: the sides end alike, or
a person is told; nothing is made twice, nothing older wins, nothing comes back."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from connector.errors import OutcomeUnknown
from connector.operations import overview
from tests.engine.factory import Site, failing, site
from tests.engine.test_both_ways import configured, deliver, ends, only, read, written

FORMS = {"crm": "account", "erp": "partner"}
POLICIES = [("", ""), ("on_conflict: ours", "on_conflict: theirs")]
CUT = 8
"""Characters of a name that the ERP holds."""


@dataclass
class Weather:
    """Whatever may happen to one customer."""

    made: Site
    random: random.Random
    edits: list[tuple[str, str, str, str]] = field(default_factory=list)
    """`(side, field, value, what stood there before)`."""

    def happens(self) -> None:
        what = self.random.choice(["edit", "edit", "read", "deliver", "deliver", "sync", "time"])
        if what == "edit":
            self._edit(self.random.choice(["crm", "erp"]))
        elif what == "read":
            read(self.made, self.random.choice(["crm", "erp"]))
        elif what == "deliver":
            deliver(self.made, self.random.choice(["forward", "back"]))
        elif what == "sync":
            self.made.sync()
        else:
            self._lose_an_answer()

    def _edit(self, side: str) -> None:
        world, form = getattr(self.made, side), FORMS[side]
        if world.form(form):
            record, name = only(self.made, form), self.random.choice(["name", "phone"])
            long = " and a long tail" if name == "name" and self.random.random() < 0.3 else ""
            value = f"{side} {len(self.edits)}{long}"
            self.edits.append((side, name, value, str(record.fields.get(name))))
            world.put(form, {name: value}, record.key)

    def _lose_an_answer(self) -> None:
        self.made.clock.advance(self.random.choice([1, 200, 700]))
        side = self.random.choice(["crm", "erp"])
        when = self.random.choice(["before", "after"])
        trouble = failing(OutcomeUnknown("lost"), when=when, form=FORMS[side])
        getattr(self.made, side).trouble = trouble

    def clears(self) -> None:
        self.made.crm.trouble = self.made.erp.trouble = None
        for _ in range(4):
            self.made.sync()
            self.made.clock.advance(3700)

    def last(self, side: str, name: str) -> tuple[str, str, str, str] | None:
        return next((e for e in reversed(self.edits) if e[:2] == (side, name)), None)

    def saw(self, edit: tuple[str, str, str, str], other: tuple[str, str, str, str]) -> bool:
        """Whoever made `edit`, or an earlier one there, had `other` before them."""
        before = [one[3][:CUT] for one in self.edits if one[:2] == edit[:2]]
        return other[2][:CUT] in before


@pytest.mark.parametrize("seed", range(30))
def test_whatever_happens_the_sides_end_alike_or_somebody_is_told(
    seed: int, tmp_path: Path
) -> None:
    rng = random.Random(seed)
    with site(tmp_path, f"sqlite:///{tmp_path / 'store.db'}") as made:
        configured(made, *rng.choice(POLICIES))
        side = rng.choice(["crm", "erp"])
        getattr(made, side).put(FORMS[side], {"code": "c1", "name": "N", "phone": "P"}, "first")
        weather = Weather(made, rng)
        for _ in range(rng.randrange(5, 30)):
            weather.happens()
        weather.clears()
        check(weather)


def check(weather: Weather) -> None:
    made = weather.made
    told, asks = overview.failures(made.system), "ours" not in made.config
    for name in ("name", "phone"):
        ours, theirs = (only(made, form).fields[name] for form in FORMS.values())
        alike = ours[:CUT] == theirs[:CUT]
        assert alike or len(told) == 1
        last = [edit for side in FORMS if (edit := weather.last(side, name))]
        won = [edit for edit in last if edit[2][:CUT] == ours[:CUT]]
        assert won or not last or not alike
        if len(last) == 2 and alike and asks and not told:
            assert weather.saw(won[0], next(edit for edit in last if edit != won[0]))
    before = ends(made)
    made.sync()
    assert written(made, before) == []
