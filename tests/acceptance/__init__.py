"""Long runs against real processes: commands of their own, not part of `make test`.

python -m tests.acceptance.adventureworks FOLDER [--numbering erp]
python -m tests.acceptance.killed FOLDER [--kills 30]
python -m tests.acceptance.quota_day

The short form of the last one is part of `make test`.
"""
