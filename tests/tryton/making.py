"""The database: Tryton's modules, and a small company entered as people would.

    python -m tests.tryton.making FOLDER

Takes some ten seconds of one core. `made` does it once for each version of Tryton and of this
file, and keeps it below `build/`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any

from filelock import FileLock

ROOT = Path(__file__).parents[2]
DATABASE, USER, PASSWORD = "erp", "connector", "a-password-of-the-integration-user"
MODULES = (
    "account_invoice_stock", "purchase", "sale_amendment", "sale_stock_quantity",
    "sale_supply_production",
)  # fmt: skip
PACKAGES = ("trytond", "proteus", *(f"trytond_{module}" for module in MODULES))
RIGHTS = (
    "account.group_account", "party.group_party_admin", "product.group_product_admin",
    "production.group_production", "purchase.group_purchase", "sale.group_sale",
    "sale_amendment.group_sale_amendment", "sale_stock_quantity.group_sale_stock_quantity",
    "stock.group_stock",
)  # fmt: skip
"""What the adapter's README asks for."""
GOODS = (
    ("M1", "齿轮箱", "u", "11.30", True),
    ("M2", "轴承", "u", "5.65", False),
    ("M3", "联轴器", "u", "99", True),
    ("M4", "密封圈", "kg", "3.50", False),
)
"""Code, name, unit, list price and whether it is made by us, for each order that wants it."""
IN_STOCK = 10_000


def made() -> Path:
    """The folder of a database that nobody has used; copy what is in it."""
    seen = Path(__file__).read_bytes() + " ".join(map(version, PACKAGES)).encode()
    folder = ROOT / "build" / "tryton" / hashlib.sha256(seen).hexdigest()[:16]
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not folder.is_dir():
            half = folder.with_suffix(".half")
            shutil.rmtree(half, ignore_errors=True)
            half.mkdir()
            command = [sys.executable, "-m", "tests.tryton.making", str(half)]
            subprocess.run(command, cwd=ROOT, check=True, stdin=subprocess.DEVNULL)
            half.rename(folder)
    return folder


def configured(folder: Path) -> Path:
    """Tryton's configuration for a database in this folder."""
    path = folder / "trytond.conf"
    lines = [
        "[database]", "uri = sqlite://", f"path = {folder}", "list = True",
        "[queue]", "worker = True",
        "[session]", "max_attempt = 1000000", "max_attempt_ip_network = 1000000",
    ]  # fmt: skip
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def cheap_passwords() -> None:
    """Passwords of this process are hashed in no time: they guard nothing."""
    from pwdlib.hashers.argon2 import Argon2Hasher
    from trytond.res.user import PASSWORD_HASH

    cheap = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
    PASSWORD_HASH.hashers, PASSWORD_HASH.current_hasher = [cheap], cheap


# -- making it ----------------------------------------------------------------------------------


def make(folder: Path) -> None:
    """Make the database in an empty folder."""
    config = configured(folder)
    (folder / f"{DATABASE}.sqlite").touch()
    (folder / "admin").write_text("an-administrator-s-password", "utf-8")
    os.environ.update(TRYTOND_CONFIG=str(config), TRYTONPASSFILE=str(folder / "admin"))
    cheap_passwords()
    _activate(config)
    _enter(config)


def _activate(config: Path) -> None:
    """A database with the modules, and nothing in it."""
    from trytond.cli import admin
    from trytond.model import ModelStorage

    # The modules' own records need no second look, which would take half of the time.
    looks = ModelStorage.__dict__["_validate"]
    ModelStorage._validate = classmethod(lambda *_, **__: None)
    sys.argv = ["trytond-admin", "-c", str(config), "-d", DATABASE, "-u", *MODULES,
                "--activate-dependencies", "--email", "admin@example.com"]  # fmt: skip
    try:
        admin.main()
    except SystemExit as end:
        assert not end.code
    finally:
        ModelStorage._validate = looks


def _enter(config: Path) -> None:
    """What people enter before the first order."""
    from proteus import config as connection
    from trytond.modules.account.tests.tools import create_chart
    from trytond.modules.company.tests.tools import create_company, get_company

    connection.set_trytond(database=f"sqlite:///{DATABASE}", config_file=str(config))
    create_company(_saved("party.party", name="示例有限公司"), "CNY")
    company = get_company()
    create_chart(company)
    _books(company)
    warehouse = _found("stock.location", type="warehouse")
    warehouse.code, warehouse.name = "CK01", "成品仓"
    warehouse.save()
    _stock(warehouse, _goods(_category()))
    _people(company)


def _books(company: Any) -> None:
    """Three years in which to invoice, and terms of payment."""
    from trytond.modules.account.tests.tools import create_fiscalyear
    from trytond.modules.account_invoice.tests.tools import (
        create_payment_term,
        set_fiscalyear_invoice_sequences,
    )

    now = date.today().year
    years = create_fiscalyear(company, (date(now - 1, 1, 1), date(now + 1, 12, 31)))
    set_fiscalyear_invoice_sequences(years).click("create_period")
    terms = create_payment_term()
    terms.name = "月结"
    terms.save()


def _category() -> Any:
    """Goods on which there is 13 % VAT."""
    from trytond.modules.account.tests.tools import create_tax, get_accounts

    tax = create_tax(Decimal("0.13"))
    tax.save()
    accounts = get_accounts()
    category = _new("product.category", name="商品", accounting=True)
    category.account_revenue, category.account_expense = accounts["revenue"], accounts["expense"]
    category.customer_taxes.append(tax)
    category.save()
    return category


def _goods(category: Any) -> list[Any]:
    made = []
    for code, name, symbol, price, producible in GOODS:
        template = _new("product.template", name=name, type="goods", salable=True)
        template.default_uom = _found("product.uom", symbol=symbol)
        template.account_category = category
        template.list_price = Decimal(price)
        template.producible = producible
        template.supply_on_sale = "always" if producible else None
        (product,) = template.products
        product.suffix_code, product.cost_price = code, Decimal(1)
        template.save()
        made.append(template.products[0])
    bom = _new("production.bom", name="齿轮箱")
    part, whole = bom.inputs.new(), bom.outputs.new()
    part.product, part.quantity = made[1], 4
    whole.product, whole.quantity = made[0], 1
    bom.save()
    made[0].boms.new().bom = bom
    made[0].save()
    return made


def _stock(warehouse: Any, goods: list[Any]) -> None:
    inventory = _new("stock.inventory", location=warehouse.storage_location)
    for product in goods:
        line = inventory.lines.new()
        line.product, line.quantity = product, IN_STOCK
    inventory.click("confirm")


def _people(company: Any) -> None:
    """A customer, two salespeople, and the integration user."""
    customer = _new("party.party", name="海湾电器", code="C0007")
    customer.addresses[0].street = "锦绣路1号"
    customer.customer_payment_term = _found("account.invoice.payment_term", name="月结")
    customer.save()
    for name, code in (("张三", "YW001"), ("李四", "YW002")):
        _saved(
            "company.employee", company=company, party=_saved("party.party", name=name, code=code)
        )
    user = _new("res.user", name="Connector", login=USER, password=PASSWORD)
    user.companies.append(company)
    user.company = company
    user.groups.extend(_group(name) for name in RIGHTS)
    user.save()


def _group(name: str) -> Any:
    from proteus import Model, config

    key = Model.get("ir.model.data").get_id(name, config.get_config().context)
    return Model.get("res.group")(key)


def _new(model: str, **values: Any) -> Any:
    from proteus import Model

    made = Model.get(model)()
    for name, value in values.items():
        setattr(made, name, value)
    return made


def _saved(model: str, **values: Any) -> Any:
    made = _new(model, **values)
    made.save()
    return made


def _found(model: str, **values: Any) -> Any:
    from proteus import Model

    (found,) = Model.get(model).find([(name, "=", value) for name, value in values.items()])
    return found


if __name__ == "__main__":
    make(Path(sys.argv[1]).resolve())
