"""Wiring: settings, address map, middleware, what every page shows, and the demo district.

Imports every app and is imported by none. No rule of the domain lives here.
"""
