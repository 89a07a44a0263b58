"""Formats that Django's own Vietnamese lacks: it has no date input formats (03/11/2026 became 11 March)."""
