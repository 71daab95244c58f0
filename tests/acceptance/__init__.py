"""Long runs against real processes: commands of their own, not part of `make test`.

python -m tests.acceptance.adventureworks FOLDER [--numbering erp]
python -m tests.acceptance.killed FOLDER [--kills 30]
"""
