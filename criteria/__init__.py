"""The rulebook and the engine: measures, sets, thresholds (local ones by plain codes), judging.

Knows nothing of units, people's postings or what was reported; `criteria.rules` is pure Python.
"""
