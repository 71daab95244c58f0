"""A real Tryton for tests: one company in a database of its own, served by Tryton itself."""
