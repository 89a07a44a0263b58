"""What is taken away: Excel workbooks and PDF papers of the matrix, a commune and the district.

Everything comes in as the value object that the screen shows (`reports.queries`) and nothing is judged or counted
again, so that paper and screen cannot differ. Modules: `documents` (heading of an official paper), `lines` (the
official table of a unit), `cells` (safe and styled cells), `excel`, `pdf`, `files` (names).
"""
