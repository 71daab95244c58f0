"""Codes: what a field accepts, told before anything is written."""

from __future__ import annotations

from collections.abc import Mapping

from connector.contract import Adapter
from connector.testing.needs import CODED, CREATE, needs
from connector.testing.suite import Suite


class Codes(Suite):
    """A field of which the system tells the codes."""

    @needs(CODED)
    def test_codes_are_texts_and_so_are_their_names(self, adapter: Adapter) -> None:
        told = self._told(adapter)
        assert told
        assert {type(text) for pair in told.items() for text in pair} == {str}

    @needs(CODED)
    def test_of_the_codes_those_that_are_wanted_are_told(self, adapter: Adapter) -> None:
        code, name = next(iter(self._told(adapter).items()))
        form = self.sample.shape.form
        assert adapter.codes(form, self.sample.coded, [code, "no such code"]) == {code: name}
        assert adapter.codes(form, self.sample.coded, ["no such code"]) == {}

    @needs(CODED, CREATE)
    def test_every_code_that_is_told_is_accepted(self, adapter: Adapter) -> None:
        for place, code in enumerate(self._told(adapter)):
            write = self.with_value(self.new(adapter, f"C{place}"), self.sample.coded, code)
            assert adapter.write(write).key

    def _told(self, adapter: Adapter) -> Mapping[str, str]:
        told = adapter.codes(self.sample.shape.form, self.sample.coded)
        assert told is not None, f"the codes of {self.sample.coded} are not told"
        return told
