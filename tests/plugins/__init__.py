"""Plugins of the test run itself: what must be decided before Django's settings load.

No tests and no makers.
"""
