"""What the pages of rounds show: every round in short, one round unit by unit, what a unit may confirm.

Whoever sees all bases of the district sees every unit; an officer of a commune sees the line of that commune only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from accounts.roles import Standing
from communes.models import Extension, Round, RoundEvent, Statement, Unit
from communes.policies import WorkingRules, may_open_sheet, why_not_confirm
from communes.queries.entry import item_of
from communes.queries.people import Leads, leads_of
from communes.queries.reminders import Answerer, answering, last_reminders
from communes.queries.rounds import (
    Closing,
    Reported,
    closings,
    extended_days,
    reported_codes,
    reported_in,
    standing_statements,
    units_of,
    working_rules,
)
from communes.rules.rounds import RoundKind, RoundState, days_late, days_left, due_words, state_of
from communes.rules.workflow import UNSENT
from criteria.queries import books_in_force, measure_of
from criteria.rules.rulebook import Measure
from criteria.rules.values import decode_value, show_value
from criteria.rules.vocabulary import ExemptionKind

CLOSED = "Kỳ này đã chốt; không xác nhận được nữa."


def units_seen(standing: Standing, district: Unit, day: date) -> list[Unit]:
    """The units of a district whose reporting concerns somebody. One query."""
    return [
        unit
        for unit in units_of(district, day)
        if may_open_sheet(standing, district.code, unit.code if unit.is_commune else "")
    ]


@dataclass(frozen=True, slots=True)
class RoundShort:
    """A round in the list: `complete` of `total` units have reported everything, `late` have not and are overdue."""

    round: Round
    title: str
    state: RoundState
    words: str
    total: int
    complete: int
    late: int
    due_on: date
    closed_on: date | None = None

    @property
    def locks_year(self) -> bool:
        return self.state is RoundState.CLOSED and RoundKind(self.round.kind).locks_year


def rounds_in_short(district: Unit, standing: Standing, today: date) -> list[RoundShort]:
    """Every round of a district, the newest due day first, counted over the units that this person sees. A constant
    number of queries, and five for each year with an open round."""
    rounds = list(Round.objects.filter(district=district).order_by("-year", "-due_on", "-pk"))
    units = units_seen(standing, district, today)
    pks = [row.pk for row in rounds]
    closed, states = closings(pks), reported_in(rounds, units, today)
    due = extended_days(pks, [unit.pk for unit in units])
    return [_short(row, units, states[row.pk], due, closed.get(row.pk), today) for row in rounds]


def _short(
    row: Round, units: Sequence[Unit], states: Mapping[int, Reported], due: Mapping[tuple[int, int], date],
    closing: Closing | None, today: date,
) -> RoundShort:  # fmt: skip
    day = closing.on if closing else today
    behind = [unit for unit in units if not states[unit.pk].is_complete]
    late = sum(1 for unit in behind if days_late(due.get((row.pk, unit.pk), row.due_on), day))
    # An officer of one commune reads the due day of that commune.
    due_on = due.get((row.pk, units[0].pk), row.due_on) if len(units) == 1 else row.due_on
    state = state_of(row.opens_on, due_on, today, closed=closing is not None)
    return RoundShort(
        row, str(row), state, _words(state, row, due_on, closing, today), len(units), len(units) - len(behind), late,
        due_on, closing.on if closing else None,
    )  # fmt: skip


def _words(state: RoundState, row: Round, due_on: date, closing: Closing | None, today: date) -> str:
    if closing is not None:
        return f"chốt ngày {closing.on:%d/%m/%Y}"
    if state is RoundState.AHEAD:
        return f"mở từ {row.opens_on:%d/%m/%Y}"
    return due_words(days_left(due_on, today), days_late(due_on, today))


@dataclass(frozen=True, slots=True)
class UnitLine:
    """How one unit stands in a round. `late` counts days only where something is missing."""

    unit: Unit
    reported: Reported
    due_on: date
    late: int
    extension: Extension | None
    people: tuple[Answerer, ...]
    reminded_on: date | None

    @property
    def is_complete(self) -> bool:
        return self.reported.is_complete

    @property
    def percent(self) -> int:
        return self.reported.done * 100 // self.reported.asked if self.reported.asked else 100


@dataclass(frozen=True, slots=True)
class RoundBoard:
    short: RoundShort
    lines: tuple[UnitLine, ...]
    events: tuple[RoundEvent, ...]
    extensions: tuple[Extension, ...]

    @property
    def round(self) -> Round:
        return self.short.round

    @property
    def is_closed(self) -> bool:
        return self.short.state is RoundState.CLOSED

    @property
    def behind(self) -> list[UnitLine]:
        return [line for line in self.lines if not line.is_complete]

    @property
    def missing(self) -> int:
        return sum(len(line.reported.missing) for line in self.lines)

    @property
    def last_closing(self) -> RoundEvent | None:
        return next((event for event in reversed(self.events) if event.kind == "close"), None)


def round_board(row: Round, standing: Standing, today: date) -> RoundBoard:
    """One round unit by unit for this person. A constant number of queries."""
    units = units_seen(standing, row.district, today)
    events = tuple(RoundEvent.objects.filter(round=row).select_related("by").order_by("pk"))
    closed, states = closings([row.pk]).get(row.pk), reported_in([row], units, today)[row.pk]
    seen = [unit.pk for unit in units]
    extensions = tuple(
        Extension.objects.filter(round=row, unit__in=seen).select_related("unit", "by").order_by("pk")
    )
    due = {(row.pk, extension.unit_id): extension.due_on for extension in extensions}
    newest = {extension.unit_id: extension for extension in extensions}
    missing = {unit.pk: states[unit.pk].missing for unit in units}
    people, reminded = answering(row.district, units, today, missing), last_reminders(row)
    day = closed.on if closed else today
    lines = tuple(
        UnitLine(
            unit, states[unit.pk], due.get((row.pk, unit.pk), row.due_on),
            0 if states[unit.pk].is_complete else days_late(due.get((row.pk, unit.pk), row.due_on), day),
            newest.get(unit.pk), people[unit.pk], reminded.get(unit.code),
        )
        for unit in units
    )  # fmt: skip
    return RoundBoard(_short(row, units, states, due, closed, today), lines, events, extensions)


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A measure that stands and was not sent in the round; `refusal` says why this person may not confirm it."""

    item: str
    measure: Measure
    shown: str
    by: str
    on: date
    statement: int
    refusal: str | None = None
    # A newer figure was typed and not sent yet: whoever confirms must not overlook it.
    has_draft: bool = False


@dataclass(frozen=True)
class ConfirmPage:
    """What a unit may confirm as unchanged in a round, and how many measures it asks for that were never sent."""

    lines: tuple[Unchanged, ...]
    reported: Reported
    never_sent: int
    refusals: tuple[str, ...] = ()

    @property
    def may_confirm(self) -> bool:
        return any(line.refusal is None for line in self.lines)


def confirm_page(row: Round, unit: Unit, standing: Standing, today: date) -> ConfirmPage:
    """A constant number of queries."""
    stands = {code: pk for (_, code), pk in standing_statements([unit.pk], row.year).items()}
    done = reported_codes([row], [unit.pk]).get((row.pk, unit.pk), set())
    state = reported_in([row], [unit], today)[row.pk][unit.pk]
    pending = {code: pk for code, pk in stands.items() if code not in done}
    statements = Statement.objects.filter(pk__in=list(pending.values()))
    statements = statements.select_related("by", "assessment__measure", "assessment__current")
    leads, rules, places = leads_of(row.district, today), working_rules(row.district, row.year), _places(row, today)
    closed = row.pk in closings([row.pk])
    lines = [_unchanged(statement, unit, standing, leads, rules, places) for statement in statements]
    if closed:
        lines = [replace(line, refusal=CLOSED) for line in lines]
    lines.sort(key=lambda line: places.get(line.measure.code, (len(places), ""))[0])
    never = sum(1 for code in state.missing if code not in stands)
    refusals = tuple(dict.fromkeys(line.refusal for line in lines if line.refusal))
    return ConfirmPage(tuple(lines), state, never, refusals=refusals)


def _places(row: Round, today: date) -> dict[str, tuple[int, str]]:
    """Where each measure stands first in the sets of the year: its place in the order of reading, its indicator."""
    places: dict[str, tuple[int, str]] = {}
    for book in books_in_force(today, year=row.year):
        for item, part in book.parts:
            places.setdefault(part.measure.code, (len(places), item if item in book.indicators else ""))
    return places


def _unchanged(
    statement: Statement, unit: Unit, standing: Standing, leads: Leads, rules: WorkingRules,
    places: Mapping[str, tuple[int, str]],
) -> Unchanged:  # fmt: skip
    measure = measure_of(statement.assessment.measure)
    refusal = why_not_confirm(standing, item_of(unit, leads.of(measure.code), rules=rules))
    return Unchanged(
        places.get(measure.code, (0, ""))[1], measure, _shown(measure, statement), statement.by.full_name,
        statement.on, statement.pk, refusal, refusal is None and _has_draft(statement),
    )  # fmt: skip


def _has_draft(statement: Statement) -> bool:
    current = statement.assessment.current
    return current is not None and current.stage in UNSENT


def _shown(measure: Measure, statement: Statement) -> str:
    if statement.exemption:
        return ExemptionKind(statement.exemption).label
    return show_value(measure, decode_value(measure.kind, statement.value))
