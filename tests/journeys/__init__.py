"""Journeys of the demo district's people through the running program, in a real browser."""
