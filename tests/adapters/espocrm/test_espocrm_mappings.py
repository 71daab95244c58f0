"""The shipped mappings: they fit the instance, and read a whole company."""

from __future__ import annotations

from espocrm_world import World

from connector.assemble import shipped
from connector.hints import Hints
from tests.adapters.assigned import Assigned
from tests.adapters.mapped import Mapped


class TestMappings(Mapped):
    kind = World
    system = "espocrm"


def test_hints_tell_people_what_a_refusal_means():
    hints = Hints([shipped() / "hints" / "espocrm.yaml"])
    told = hints.explain("validationFailure probability required [400]")
    assert told.words.startswith("EspoCRM requires probability")
    assert hints.explain("duplicate [409]").who == "master data"
    assert "Cannot edit" in hints.explain("Cannot edit locked record. [409]").words


class TestTodos(Assigned):
    kind = World
    system = "espocrm"
    owner = "assignedUserId"
    due = "dateEndDate"
    finished = {"status": "Completed"}
