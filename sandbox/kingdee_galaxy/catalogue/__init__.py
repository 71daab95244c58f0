"""The forms that the sandbox knows, as tables: field keys of Kingdee's standard product.

Which of the required marks a real server enforces differs from tenant to tenant; the sandbox
enforces all of them. Keys that begin with `F_CRM_` are custom fields, as a site would add.
"""

from sandbox.kingdee_galaxy.forms import Form, read_forms

from .agreements import AGREEMENTS
from .base_data import BASE_DATA
from .finance import FINANCE
from .offers import OFFERS
from .planning import PLANNING
from .production import PRODUCTION
from .purchasing import PURCHASING
from .quality import QUALITY
from .returns import RETURNS
from .sales import SALES

TABLES = (
    BASE_DATA, SALES, PRODUCTION, PURCHASING, RETURNS, FINANCE, AGREEMENTS, QUALITY, PLANNING,
    OFFERS,
)  # fmt: skip
FORMS: dict[str, Form] = {form.id: form for table in TABLES for form in read_forms(table)}

ALIASES = {"BD_Customer_All": "BD_Customer", "BD_Saler": "BD_OPERATOR"}
"""Two names of one set of records: the list of all organisations, the salesman's role."""

__all__ = ["ALIASES", "FORMS"]
