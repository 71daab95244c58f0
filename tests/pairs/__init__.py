"""Any CRM with any ERP: orders forward and their status back, by shipped mappings alone.

A module named like an adapter tells how its system is run and what people see there: `CRM` or
`ERP` (or both) is a class of `side`. Nothing else has to know that it is there.
"""
