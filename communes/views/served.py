"""What a revision counts for: every indicator and condition of the sets in force, with the verdict there.

Called by `cards`. Nothing here reads the database.
"""

from __future__ import annotations

from dataclasses import dataclass

from communes.models import Statement
from communes.queries.entry import QueueItem
from communes.queries.judged import Bench
from criteria.rules.facts import Fact
from criteria.rules.judging import Conclusion, judge_part
from criteria.rules.rulebook import Part, Rulebook, Value
from criteria.rules.thresholds import Bound
from criteria.rules.values import decode_value, show_bound
from criteria.rules.vocabulary import ExemptionKind, Level


@dataclass(frozen=True)
class Served:
    """One indicator (or condition) that the measure counts for, with the verdict of the value and of the result."""

    family: str
    item: str
    label: str
    name: str
    requirement: str
    check_note: str
    stated: Conclusion
    result: Conclusion | None
    refusal: str
    set_name: str = ""
    is_indicator: bool = True
    # What the indicator asks for; None where the law leaves it open.
    wanted: Value | None = None

    @property
    def criterion(self) -> tuple[str, str] | None:
        """Key ("family:15") and name of its criterion; None for a condition."""
        if not self.is_indicator:
            return None
        number = self.item.partition(".")[0]
        return f"{self.family}:{number}", f"Tiêu chí {number} – {self.set_name}"

    @property
    def key(self) -> str:
        """How a refusal of it is named in fields and results."""
        return f"{self.family}:{self.item}"


Index = dict[str, list[tuple[Rulebook, str, Part]]]


def index_of(bench: Bench) -> Index:
    """Where each measure counts, of the sets in force: made once for many revisions. No query."""
    found: Index = {}
    for book in bench.books:
        for item, part in book.parts:
            found.setdefault(part.measure.code, []).append((book, item, part))
    return found


def served_by(item: QueueItem, bench: Bench, index: Index) -> tuple[Served, ...]:
    """What a revision counts for, in the sets of its unit's level. No query."""
    found = []
    for book, code, part in index.get(item.measure.code, []):
        if book.level is not Level(item.unit.level):
            continue
        bound = bench.bounds(item.unit, book.family).get((code, part.code))
        if bound is not None:
            found.append(_one_served(item, book, code, part, bound))
    return tuple(found)


def _one_served(item: QueueItem, book: Rulebook, code: str, part: Part, bound: Bound) -> Served:
    indicator = book.indicators.get(code)
    label = f"{code}{part.code}" if indicator else "điều kiện"
    name = indicator.name if indicator else next(c.text for c in book.conditions if c.code == code)
    result = item.result
    refused = (result.refused or {}).get(f"{book.family}:{code}", "") if result else ""
    requirement = show_bound(part.measure, bound.op, bound.value)
    return Served(
        book.family, code, f"{label} {book.short_name}", part.name or name, requirement,
        bound.check_note, _judged(item, bound, item.revision),
        _judged(item, bound, result) if result else None, refused, book.short_name, indicator is not None,
        bound.value,
    )  # fmt: skip


def _judged(item: QueueItem, bound: Bound, statement: Statement) -> Conclusion:
    value = decode_value(item.measure.kind, statement.value)
    return judge_part(bound, Fact(value, ExemptionKind(statement.exemption)))
