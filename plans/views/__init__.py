"""Screens of plans and directives: load, ask, act, answer."""
