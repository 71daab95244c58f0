# ruff: noqa: F821 - run by `odoo shell`, which knows `env`, and prints what is asked for
"""A small company of China, as the adapter's README asks for it; the keys of two users."""

import csv
import json
from datetime import datetime, timedelta
from pathlib import Path

README = Path.cwd() / "adapters" / "odoo" / "README.md"
GROUPS = (
    "base.group_user", "sales_team.group_sale_salesman_all_leads", "stock.group_stock_user",
    "mrp.group_mrp_user", "account.group_account_invoice", "purchase.group_purchase_user",
    "project.group_project_user",
)  # fmt: skip


def key_of(user):
    ends = datetime.now() + timedelta(days=30)
    return env["res.users.apikeys"].with_user(user)._generate("rpc", "tests", ends)


company = env.company
company.country_id = env.ref("base.cn")
env["account.chart.template"].try_loading("cn", company=company, install_demo=False)
company.account_price_include = "tax_included"
for name, digits in (("Product Price", 6), ("Product Unit", 4)):
    env["decimal.precision"].search([("name", "=", name)]).digits = digits

users = env["res.users"].with_context(no_reset_password=True)
connector = users.create({
    "name": "Connector", "login": "connector", "password": "connector",
    "group_ids": [(6, 0, [env.ref(group).id for group in GROUPS])],
})  # fmt: skip
users.create({"name": "张三", "login": "YW001", "password": "YW001",
              "group_ids": [(6, 0, [env.ref(group).id for group in GROUPS[:2]])]})  # fmt: skip

house = env["stock.warehouse"].search([], limit=1)
house.write({"code": "CK01", "name": "成品仓"})
env["stock.warehouse"].create({"code": "CK02", "name": "退货仓"})
env.ref("stock.route_warehouse0_mto").active = True
routes = house.manufacture_pull_id.route_id + env.ref("stock.route_warehouse0_mto")
products = env["product.product"]
part = products.create({"name": "齿轮", "default_code": "RM", "type": "consu",
                        "is_storable": True, "standard_price": 3})  # fmt: skip
numbers = [(f"M{n}", n % 2) for n in range(1, 5)] + [(f"M-{n:03}", False) for n in range(12)]
for number, made in numbers:
    product = products.create({
        "name": number, "default_code": number, "type": "consu", "is_storable": True,
        "list_price": 250, "route_ids": [(6, 0, routes.ids)] if made else [],
    })  # fmt: skip
    if made:
        env["mrp.bom"].create({
            "product_tmpl_id": product.product_tmpl_id.id, "product_qty": 1,
            "bom_line_ids": [(0, 0, {"product_id": part.id, "product_qty": 4})],
        })  # fmt: skip
quants = env["stock.quant"].with_context(inventory_mode=True)
for product, quantity in [(part, 90000), *((p, 1000) for p in products.search(
        [("default_code", "in", ["M2", "M4"])]))]:  # fmt: skip
    quants.create({"product_id": product.id, "location_id": house.lot_stock_id.id,
                   "inventory_quantity": quantity}).action_apply_inventory()  # fmt: skip
for number in ("C1", "C2", "C3"):
    env["res.partner"].create({"name": f"{number}有限公司", "ref": number, "is_company": True,
                               "customer_rank": 1})  # fmt: skip

table = README.read_text("utf-8").partition("```csv\n")[2].partition("```")[0]
columns, *lines = list(csv.reader(table.strip().splitlines()))
made = env["ir.model.fields"].load(columns, lines)
assert made["ids"], made["messages"]

env.cr.commit()
print(
    "KEYS",
    json.dumps({"connector": key_of(connector), "admin": key_of(env.ref("base.user_admin"))}),
)
env.cr.commit()
