"""A test account set and the real one: one configuration for both, and what only one has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox.kingdee_galaxy import KingdeeGalaxySandbox
from sandbox.server import start
from tests.system.company import SMALL
from tests.system.site import BILL, Ran, Site

UNIT = ("FUnitID.FNumber:       {from: material, link: material.sales_unit}",
        "FUnitID.FNumber:       {from: unit, map: kingdee_unit}")  # fmt: skip

OVERLAY = """\
extends: config.yaml
store: sqlite:///{name}.db
connections:
  erp: {{base_url: "{url}/k3cloud/"}}
"""


@dataclass
class Pair:
    """A site with two ERPs: one configuration for both, and an overlay for each."""

    site: Site
    erps: dict[str, KingdeeGalaxySandbox]
    stop: Callable[[], None]
    """Nobody answers at the real one's address any more."""

    def people(self, name: str, what: str, **arguments: Any) -> Any:
        with self.erps[name].lock:
            return self.erps[name].people()[what](**arguments)

    def add(self, name: str, form: str, number: str, called: str) -> None:
        """Somebody adds a piece of base data."""
        self.people(name, "make_bill", model={"FNumber": number, "FName": called}, form=form)
        self.people(name, "audit", number=number, form=form)

    def overlay(self, name: str) -> Path:
        return self.site.directory / f"config.{name}.yaml"

    def diff(self, *more: str) -> Ran:
        return self.site.cli("config", "diff", "test", "prod", *more)

    def written(self) -> list[Any]:
        """What the connector has committed in either of them."""
        return [
            e
            for erp in self.erps.values()
            for e in erp.ledger
            if e.kind == "commit" and e.by == "api"
        ]


@pytest.fixture
def pair(site: Site) -> Iterator[Pair]:
    prod = KingdeeGalaxySandbox(SMALL)
    url, stop = start(prod)
    own = {"test": site.urls["erp"], "prod": url}
    with site.settings() as config:
        del config["connections"]["erp"]["base_url"]
    for name, address in own.items():
        text = OVERLAY.format(name=name, url=address)
        (site.directory / f"config.{name}.yaml").write_text(text, encoding="utf-8")
    values = site.directory / "mappings" / "values"
    site.mapping("kingdee_galaxy", "sales_order", UNIT)
    values.mkdir(parents=True, exist_ok=True)
    (values / "kingdee_unit.yaml").write_text("Pcs: Pcs\nBox: box\n", encoding="utf-8")
    types = "standard: XSDD01_SYS\nconsignment: XSDD09\n"
    (values / "kingdee_order_type.yaml").write_text(types, encoding="utf-8")
    made = Pair(site, {"test": site.erp, "prod": prod}, stop)
    made.add("test", "BOS_BillType", "XSDD09", "寄售销售订单")
    yield made
    stop()


@pytest.fixture
def differing(pair: Pair) -> Pair:
    """A unit has another name in the real one, a currency and a bill type are missing there."""
    pair.people("prod", "edit", number="box", form="BD_UNIT", fields={"FName": "盒"})
    pair.people("prod", "forbid", number="PRE007", form="BD_Currency")
    return pair


def test_the_diff_names_exactly_what_is_missing_or_called_otherwise(differing: Pair) -> None:
    ran = differing.diff("--json")
    assert ran.code == 3, ran
    found = {one["code"]: tuple(one["names"]) for one in ran.json["codes"]}
    assert found == {
        "box": ("箱", "盒"),
        "PRE007": ("美元", None),
        "XSDD09": ("寄售销售订单", None),
    }
    assert (ran.json["fields"], ran.json["failed"], ran.json["same"]) == ([], {}, ["crm"])
    assert differing.written() == []


def test_each_code_is_told_with_the_places_that_name_it(differing: Pair) -> None:
    (unit,) = (one for one in differing.diff("--json").json["codes"] if one["code"] == "box")
    (spot,) = unit["spots"]
    file = differing.site.directory / "mappings/kingdee_galaxy/sales_order.yaml"
    lines = file.read_text("utf-8").splitlines()
    number = next(n for n, line in enumerate(lines, 1) if "kingdee_unit" in line)
    assert spot["place"].startswith(f"{file.as_posix()}:{number}:")
    assert (spot["form"], spot["field"]) == (BILL, "FSaleOrderEntry/FUnitID.FNumber")


def test_people_read_it_as_a_table(differing: Pair) -> None:
    told = differing.diff().out
    (line,) = (line for line in told.splitlines() if "XSDD09" in line)
    assert "寄售销售订单  missing" in line
    assert "sales_order.yaml:" in line


def test_what_neither_has_is_no_difference_and_what_is_not_told_is_counted(pair: Pair) -> None:
    pair.add("prod", "BOS_BillType", "XSDD09", "寄售销售订单")
    ran = pair.diff("--json")
    assert (ran.code, ran.json["codes"]) == (0, [])
    assert (
        ran.json["neither"] >= 1
    )  # PRE005: the shipped value map knows it, neither account set does
    assert f"erp {BILL} FSaleOrderEntry/FReserveType" in ran.json["untold"]


def test_an_organisation_in_the_settings_must_be_in_its_own_account_set(pair: Pair) -> None:
    pair.add("prod", "BOS_BillType", "XSDD09", "寄售销售订单")
    overlay = pair.overlay("prod")
    text = overlay.read_text("utf-8").replace("{base_url", '{org: "900", base_url')
    overlay.write_text(text, encoding="utf-8")
    (code,) = pair.diff("--json").json["codes"]
    assert (code["code"], code["spots"][0]["place"]) == ("900", f"{overlay.as_posix()}:4:9")


def test_a_field_that_one_form_lacks_is_named(pair: Pair) -> None:
    pair.add("prod", "BOS_BillType", "XSDD09", "寄售销售订单")
    without(pair.erps["prod"], "F_CRM_Ref")
    ran = pair.diff("--json")
    assert ran.code == 3
    lacking = {(lack["environment"], lack["spot"]["field"]) for lack in ran.json["fields"]}
    assert lacking == {("prod", "F_CRM_Ref")}


def without(erp: KingdeeGalaxySandbox, key: str) -> None:
    """The form's metadata does not show the field."""
    told = erp.service._calls["QueryBusinessInfo"]

    def tell(call: Any) -> Any:
        answer = told(call)
        for part in answer["Result"]["NeedReturnData"]["Entrys"]:
            part["Fields"] = [field for field in part["Fields"] if field["Key"] != key]
        return answer

    erp.service._calls["QueryBusinessInfo"] = tell


def test_a_system_that_cannot_be_reached_is_said_and_the_rest_is_compared(pair: Pair) -> None:
    pair.stop()
    ran = pair.diff("--json")
    assert ran.code == 1
    assert "prod erp" in ran.json["failed"]
    assert ran.json["same"] == ["crm"]


def test_a_misspelt_key_of_an_overlay_is_named_in_its_own_file(pair: Pair) -> None:
    overlay = pair.overlay("prod")
    overlay.write_text(overlay.read_text("utf-8").replace("base_url", "base_ulr"), encoding="utf-8")
    ran = pair.diff()
    assert ran.code == 2
    assert [words.split(" ")[0] for words in ran.words] == [f"{overlay.as_posix()}:4:9:"]


def test_an_environment_that_is_not_there_is_said_with_the_file_that_is_missing(pair: Pair) -> None:
    ran = pair.site.cli("config", "diff", "test", "prd")
    assert ran.code == 2
    assert "config.prd.yaml" in ran.words[0]
