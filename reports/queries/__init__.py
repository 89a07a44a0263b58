"""Whole questions of the boards, each answered by one value object that feeds screen, PDF and Excel alike."""
