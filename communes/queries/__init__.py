"""Questions about units, people's seats, what was stated and what follows from it. Nothing here writes.

Not here: what a leader's board looks like (reports); which threshold applies (criteria).
"""
