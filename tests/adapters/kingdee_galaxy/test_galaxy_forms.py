"""What people release goes to Kingdee by the shipped mappings, no further than they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from galaxy_site import Site

from connector.contract import Shape, Write, Written
from connector.engine import plan
from connector.errors import OutcomeUnknown
from connector.mapping.load import Values, load
from connector.mapping.writing import Writer
from connector.objects import OBJECTS, plain

ROOT = Path(__file__).parents[3] / "mappings"
KNOWN = {("material", "number"): "M-100", ("material", "unit"): "Pcs"}

REQUISITION = {
    "number": "CG-1",
    "requested_on": "2026-03-02",
    "note": "物料需求建议",
    "lines": [
        {"id": "R1", "material": "M", "quantity": "40", "due_on": "2026-03-20"},
        {"id": "R2", "material": "M", "quantity": "2.5", "tracking_no": "XM-1"},
    ],
}
SUGGESTION = {
    "number": "SC-1",
    "material": "M",
    "quantity": "20",
    "start_on": "2026-03-09",
    "due_on": "2026-03-13",
    "order_number": "XSDD000001",
}


def released(site: Site, object: str, values: dict[str, Any], mark: str = "hub:1") -> Written:
    mapping = load(ROOT / "kingdee_galaxy" / f"{object}.yaml", Values([ROOT / "values"]))
    writer = Writer(mapping)
    document = writer(plain(OBJECTS[object].model_validate(values)))
    document.resolve(lambda link: KNOWN[link.object, link.field])
    made = plan.create(document)
    return site.erp.write(
        Write(
            form=mapping.form, key="", fields=made.fields, tables=made.tables,
            reference=(mapping.reference, mark), number=mapping.number, until=mapping.until,
            show=writer.shape,
        )
    )  # fmt: skip


def bill(site: Site, form: str, key: str) -> dict[str, Any]:
    return next(b for b in site.server.records(form) if str(b["FID"]) == key)


def test_a_requisition_is_submitted_and_left_to_purchasing(site: Site) -> None:
    written = released(site, "purchase_requisition", REQUISITION)
    made = bill(site, "PUR_Requisition", written.key)
    assert (written.step, made["FDocumentStatus"], made["F_CRM_Ref"]) == ("submitted", "B", "hub:1")
    assert [r["FReqQty"] for r in made["FEntity"]] == [40, 2.5]
    assert set(written.line_keys["FEntity"]) == {"R1", "R2"}


def test_a_production_suggestion_is_saved_and_left_to_the_planner(site: Site) -> None:
    written = released(site, "production_suggestion", SUGGESTION)
    made = bill(site, "PRD_MO", written.key)
    assert (written.step, made["FDocumentStatus"]) == ("saved", "A")
    (row,) = made["FTreeEntity"]
    assert (row["FQty"], row["FSaleOrderNo"]) == (20, "XSDD000001")
    assert row["FPlanStartDate"].startswith("2026-03-09")


@pytest.mark.parametrize(
    ("object", "values", "form"),
    [
        ("purchase_requisition", REQUISITION, "PUR_Requisition"),
        ("production_suggestion", SUGGESTION, "PRD_MO"),
    ],
)
def test_one_whose_answer_was_lost_is_found_by_its_mark(
    site: Site, object: str, values: dict[str, Any], form: str
) -> None:
    site.fail(do="lose_answer", operation="Save")
    with pytest.raises(OutcomeUnknown):
        released(site, object, values)
    (found,) = site.erp.find(Shape(form, ("FID",), ()), "F_CRM_Ref", ["hub:1"])
    assert bill(site, form, found.key)["F_CRM_Ref"] == "hub:1"
