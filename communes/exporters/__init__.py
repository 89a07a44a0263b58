"""Workbooks of the working screens: templates to fill in, rounds, frozen sheets. Text stays text."""
