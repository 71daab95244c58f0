"""The forms that the sandbox knows, as tables: field keys of Kingdee's standard product.

Which of the required marks a real server enforces differs from tenant to tenant; the sandbox
enforces all of them. `F_CRM_Ref` and `F_CRM_Opinion` are custom fields, as a site would add.
"""

from sandbox.kingdee_galaxy.forms import Form, read_forms

from .base_data import BASE_DATA
from .production import PRODUCTION
from .sales import SALES

FORMS: dict[str, Form] = {
    form.id: form for table in (BASE_DATA, SALES, PRODUCTION) for form in read_forms(table)
}

ALIASES = {"BD_Customer_All": "BD_Customer", "BD_Saler": "BD_OPERATOR"}
"""Two names of one set of records: the list of all organisations, the salesman's role."""

__all__ = ["ALIASES", "FORMS"]
