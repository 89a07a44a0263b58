"""One field as it is typed into, wherever it stands: its options, what was typed and not saved, a value in words.

Called by the rows of a sheet, by quick entry and by the forms of those who decide. Nothing here reads the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from communes.forms import Typed
from criteria.rules.numbers import NumberProblem, parse_fraction, percent_of
from criteria.rules.rulebook import Measure
from criteria.rules.values import NO, YES, ValueProblem, parse_value, show_value
from criteria.rules.vocabulary import Kind


@dataclass(frozen=True)
class Theirs:
    """What somebody else saved meanwhile."""

    by: str
    at: datetime
    shown: str


@dataclass(frozen=True)
class Attempt:
    """A row that was not saved: what was typed stays in its fields, with the sentence or the other's value."""

    typed: Typed
    problem: str = ""
    theirs: Theirs | None = None

    @property
    def status(self) -> int:
        return 409 if self.theirs else 422


def in_words(measure: Measure, text: str) -> str:
    """A typed value as a sentence says it: "2340/2370 (98,73 %)", "98,31 %", "Đạt"; as it is where it is unreadable."""
    try:
        share = parse_fraction(text) if measure.kind is Kind.PERCENT else None
        if share is not None:
            return f"{text} ({show_value(measure, percent_of(*share))})" if share.denominator else text
        return show_value(measure, parse_value(measure, text)) if text else ""
    except (NumberProblem, ValueProblem):
        return text


def options_of(measure: Measure) -> list[tuple[str, str]]:
    """Value and label of everything that may be chosen for a yes/no or a grade; nothing for a number."""
    if measure.kind is Kind.BOOLEAN:
        return [(YES, measure.yes_label), (NO, measure.no_label)]
    return [(grade, grade) for grade in measure.scale]


def choices_of(measure: Measure, chosen: str) -> list[tuple[str, str, bool]]:
    """Options of a field that may stay empty: value, label, whether it is the chosen one."""
    options = [("", "—"), *options_of(measure)]
    return [(value, label, value == chosen) for value, label in options]
