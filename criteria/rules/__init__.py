"""The rulebook and the engine as pure Python: frozen values in, verdicts with their reasons out.

Belongs here: the vocabulary (verdicts, bases, tiers), what a criteria set requires, which threshold
applies to a place and a year, judging, and the words of a reason.
Does not belong here: Django, the clock, files other than the library reader's, the database.
"""
