"""The connector: joins a company's CRM to its ERP."""

__version__ = "0.1.0.dev0"
