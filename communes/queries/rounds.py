"""Rounds of reporting: what is locked, how a district works, which rounds concern a unit on a day, who has reported.

"Reported" follows from the acts that fell into a round and from confirmations (`rules.rounds.is_reported`); nothing is
stored beside them. Every function takes as many queries for twenty communes as for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q

from communes.models import (
    Act,
    Assessment,
    Confirmation,
    Extension,
    Holding,
    Practice,
    Round,
    RoundEvent,
    Snapshot,
    Statement,
    Target,
    Unit,
)
from communes.policies import WorkingRules
from communes.rules.rounds import (
    REPORTING,
    RoundEventKind,
    RoundKind,
    RoundState,
    days_late,
    days_left,
    due_words,
    is_reported,
)
from communes.rules.workflow import ActKind, Stage, StatementKind
from criteria.queries import BooksInForce, books_in_force, supplements_on
from criteria.rules.vocabulary import Basis, Level, Tier

_LOCKING = [kind.value for kind in RoundKind if kind.locks_year]


def year_lock(district: str, year: int) -> str:
    """Why nothing of a year may change any more in a district: its year's round is closed; "" while it may. Only the
    year's round locks; the others just freeze. One query."""
    rows = RoundEvent.objects.filter(round__district__code=district, round__year=year, round__kind__in=_LOCKING)
    last = rows.order_by("-pk").first()
    if last is None or last.kind != RoundEventKind.CLOSE.value:
        return ""
    return (
        f"Kỳ năm {year} đã chốt ngày {last.on:%d/%m/%Y}. Muốn sửa, Văn phòng Điều phối NTM huyện phải "
        f"{RoundKind.YEAR.reopening} kỳ."
    )


def needs_sign_off(district: Unit) -> bool:
    """Whether a commune's chairman signs before anything is sent. One query."""
    return Practice.objects.filter(district=district, needs_sign_off=True).exists()


def working_rules(district: Unit, year: int) -> WorkingRules:
    """What holds for every assessment of a district in a year. Two queries."""
    return WorkingRules(year_lock(district.code, year), needs_sign_off(district))


@dataclass(frozen=True, slots=True)
class RoundDue:
    """A round as it concerns one unit on a day: `due_on` with the unit's own extension."""

    pk: int
    title: str
    kind: RoundKind
    number: int
    year: int
    opens_on: date
    due_on: date
    is_closed: bool
    days_left: int
    days_late: int
    is_extended: bool = False

    @property
    def words(self) -> str:
        """ "còn 5 ngày", "hạn hôm nay", "trễ 3 ngày", "đã chốt"."""
        return RoundState.CLOSED.label if self.is_closed else due_words(self.days_left, self.days_late)


def rounds_for(unit: Unit, today: date) -> list[RoundDue]:
    """Rounds that have opened for a commune or the district: open ones first, the most pressing of them on top;
    then closed ones, newest first. Three queries."""
    rounds = list(Round.objects.filter(district__code=unit.district_code, opens_on__lte=today))
    closed = closings([row.pk for row in rounds])
    due = extended_days([row.pk for row in rounds], [unit.pk])
    found = [_due(row, due.get((row.pk, unit.pk)), row.pk in closed, today) for row in rounds]
    return sorted(
        found,
        key=lambda d: (d.is_closed, -d.due_on.toordinal() if d.is_closed else d.due_on.toordinal(), d.pk),
    )


def _due(row: Round, extended: date | None, closed: bool, today: date) -> RoundDue:  # noqa: FBT001
    due_on = extended or row.due_on
    return RoundDue(
        row.pk, str(row), RoundKind(row.kind), row.number, row.year, row.opens_on, due_on, closed,
        0 if closed else days_left(due_on, today), 0 if closed else days_late(due_on, today), extended is not None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Closing:
    """The event that closed a round and has not been unlocked since."""

    event: int
    on: date


def closings(rounds: Iterable[int]) -> dict[int, Closing]:
    """The standing closing of each round that is closed. One query."""
    last: dict[int, RoundEvent] = {}
    for event in RoundEvent.objects.filter(round__in=list(rounds)).order_by("pk"):
        last[event.round_id] = event
    closed = RoundEventKind.CLOSE.value
    return {pk: Closing(event.pk, event.on) for pk, event in last.items() if event.kind == closed}


def extended_days(rounds: Iterable[int], units: Iterable[int]) -> dict[tuple[int, int], date]:
    """The later due day by (round, unit), where one was given; the newest counts. One query."""
    rows = Extension.objects.filter(round__in=list(rounds), unit__in=list(units)).order_by("pk")
    return {(round_, unit): due_on for round_, unit, due_on in rows.values_list("round_id", "unit_id", "due_on")}


def asked_measures(units: Sequence[Unit], year: int, today: date) -> dict[int, frozenset[str]]:
    """What each unit is asked for in a year, as measure codes by unit id: the set of the first tier of its level, the
    sets of the tiers that are its target for that year or an earlier one (cumulative), and whatever else it has sent
    or must mend. Five queries."""
    books = books_in_force(today, year=year)
    by_unit = {unit.pk: unit for unit in units}
    districts = {unit.pk: unit.district_code for unit in units}
    switched = supplements_on({unit.code for unit in units} | set(districts.values()), year, today)
    aims = _aims(by_unit, year)
    sent = _sent_beside(by_unit, year, today)
    return {
        pk: _asked(unit, books, aims.get(pk, Tier.STANDARD), _supplements(unit, switched)) | sent.get(pk, frozenset())
        for pk, unit in by_unit.items()
    }


def _supplements(unit: Unit, switched: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Of communes only, by their own switch or their district's (as `judged.Bench.supplements_of`)."""
    if not unit.is_commune:
        return frozenset()
    return switched.get(unit.code, frozenset()) | switched.get(unit.district_code, frozenset())


def _asked(unit: Unit, books: BooksInForce, aim: Tier, supplements: frozenset[str]) -> frozenset[str]:
    level = Level(unit.level)
    wanted = [book for book in books.of_level(level) if book.tier.stars <= max(aim.stars, Tier.STANDARD.stars)]
    return frozenset(
        code
        for book in wanted
        for code in book.measures_in_force(supplements)
        if book.measures[code].level is level
    )


def _aims(units: Iterable[int], year: int) -> dict[int, Tier]:
    """The highest tier each unit is to have reached by the end of a year. One query."""
    aims: dict[int, Tier] = {}
    for unit, tier in Target.objects.filter(unit__in=list(units), year__lte=year).values_list("unit_id", "tier"):
        aims[unit] = max(aims.get(unit, Tier.STANDARD), Tier(tier), key=lambda t: t.stars)
    return aims


def _sent_beside(units: Iterable[int], year: int, today: date) -> dict[int, frozenset[str]]:
    """Measures that stand as sent on a day, or were returned and wait to be mended. Two queries."""
    ids = list(units)
    standing = Holding.objects.as_of(today).filter(
        basis=Basis.SELF.value, assessment__unit__in=ids, assessment__year=year
    )
    returned = Assessment.objects.filter(unit__in=ids, year=year, current__stage=Stage.RETURNED.value)
    found: dict[int, set[str]] = {}
    pairs = [
        *standing.values_list("assessment__unit_id", "assessment__measure__code"),
        *returned.values_list("unit_id", "measure__code"),
    ]
    for unit, code in pairs:
        found.setdefault(unit, set()).add(code)
    return {unit: frozenset(codes) for unit, codes in found.items()}


@dataclass(frozen=True, slots=True)
class Reported:
    """How far a unit is in a round: `missing` are the measures asked for and not reported, in no order."""

    done: int
    asked: int
    missing: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        return not self.missing


def reported(round: Round, units: Sequence[Unit], today: date | None = None) -> dict[int, Reported]:  # noqa: A002
    """How far each unit is in a round, by unit id: what was sent in it and not given back, or confirmed as unchanged.

    Of a closed round as it was frozen, so that it never changes afterwards; of an open one as on `today` (without it,
    as on its due day). At most nine queries.
    """
    return reported_in([round], units, today or round.due_on)[round.pk]


def reported_in(rounds: Sequence[Round], units: Sequence[Unit], today: date) -> dict[int, dict[int, Reported]]:
    """`reported` for several rounds, by round and unit id. Four queries, and five for each year with an open one."""
    closed = closings([row.pk for row in rounds])
    open_ones = [row for row in rounds if row.pk not in closed]
    done = reported_codes(open_ones, [unit.pk for unit in units])
    asked = {year: asked_measures(units, year, today) for year in {row.year for row in open_ones}}
    found: dict[int, dict[int, Reported]] = {
        row.pk: {
            unit.pk: _compared(asked[row.year][unit.pk], done.get((row.pk, unit.pk), set())) for unit in units
        }
        for row in open_ones
    }
    return found | _as_frozen(closed, units)


def _compared(asked: frozenset[str], done: set[str]) -> Reported:
    return Reported(len(asked & done), len(asked), tuple(sorted(asked - done)))


def _as_frozen(closed: Mapping[int, Closing], units: Sequence[Unit]) -> dict[int, dict[int, Reported]]:
    """What the snapshots say; a unit that was not frozen (it did not exist yet) was asked for nothing. One query."""
    events = {closing.event: pk for pk, closing in closed.items()}
    found = {pk: {unit.pk: Reported(0, 0, ()) for unit in units} for pk in closed}
    rows = Snapshot.objects.filter(event__in=list(events), unit__in=list(units))
    for event, unit, kept in rows.values_list("event_id", "unit_id", "data__reported"):
        found[events[event]][unit] = Reported(kept["done"], kept["asked"], tuple(kept["missing"]))
    return found


def reported_codes(rounds: Sequence[Round], units: Sequence[int]) -> dict[tuple[int, int], set[str]]:
    """Measure codes reported in open rounds until now, by (round, unit id). Two queries."""
    acts = _acts_since_opening(rounds, units)
    confirmed: dict[tuple[int, int, str], list[int]] = {}
    rows = Confirmation.objects.filter(round__in=list(rounds), assessment__unit__in=units)
    for pk, unit, code, statement in rows.values_list(
        "round_id", "assessment__unit_id", "assessment__measure__code", "statement_id"
    ):
        confirmed.setdefault((pk, unit, code), []).append(statement)
    found: dict[tuple[int, int], set[str]] = {}
    for key in acts.keys() | confirmed.keys():
        if is_reported(confirmed.get(key, ()), acts.get(key, ())):
            found.setdefault(key[:2], set()).add(key[2])
    return found


def _acts_since_opening(
    rounds: Sequence[Round], units: Sequence[int]
) -> dict[tuple[int, int, str], list[tuple[int, ActKind]]]:
    """Acts of sending and taking back since the first day of each round, in their order. One query."""
    found: dict[tuple[int, int, str], list[tuple[int, ActKind]]] = {}
    rows = Act.objects.filter(
        assessment__unit__in=units, assessment__year__in={row.year for row in rounds},
        on__gte=min((row.opens_on for row in rounds), default=date.max), kind__in=[kind.value for kind in REPORTING],
    ).order_by("pk")  # fmt: skip
    for unit, year, code, revision, kind, on in rows.values_list(
        "assessment__unit_id", "assessment__year", "assessment__measure__code", "revision_id", "kind", "on"
    ):
        for row in rounds:
            if row.year == year and row.opens_on <= on:
                found.setdefault((row.pk, unit, code), []).append((revision, ActKind(kind)))
    return found


def standing_statements(units: Iterable[int], year: int) -> dict[tuple[int, str], int]:
    """The revision that stands as sent, by (unit, measure code); not where a newer one was returned and must be
    mended first. One query."""
    returned = Statement.objects.filter(
        assessment=OuterRef("assessment"), kind=StatementKind.REVISION.value, stage=Stage.RETURNED.value,
        pk__gt=OuterRef("statement"),
    )  # fmt: skip
    rows = Holding.objects.filter(
        ~Exists(returned), basis=Basis.SELF.value, until_on=None, assessment__unit__in=list(units),
        assessment__year=year,
    )  # fmt: skip
    return {
        (unit, code): statement
        for unit, code, statement in rows.values_list(
            "assessment__unit_id", "assessment__measure__code", "statement_id"
        )
    }


def units_of(district: Unit, day: date) -> list[Unit]:
    """The communes that exist on a day, then the district itself: everybody who reports in a round. One query."""
    rows = Unit.objects.filter(Q(pk=district.pk) | Q(parent=district, level=Level.COMMUNE.value)).valid_on(day)
    units = list(rows.select_related("parent"))
    return sorted(units, key=lambda unit: (not unit.is_commune, unit.position, unit.code))
