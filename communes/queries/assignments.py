"""The board of assignments: every indicator and condition of one set beside who leads it, who coordinates, who answers
in person and since when. Three queries, whatever the set holds, besides those that read the sets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import attrgetter

from accounts.models import Department
from communes.models import Assignment, Posting, Unit
from communes.queries.desks import desk_name
from communes.queries.lists import assignment_state, departments_listed, seats_listed
from communes.rules.list_saves import AssignmentState
from criteria.queries import BooksInForce
from criteria.rules.rulebook import Rulebook

LEADS, COORDINATES = "C", "P"
# By measure: family, code and words of every place where it counts.
Places = dict[str, list[tuple[str, str, str]]]


@dataclass(frozen=True)
class AssignedRow:
    """An indicator or condition, or of one whose parts are assigned apart, one share of it.

    `seen` is the assignment without an end by measure (0: none): the version that a change rests on. `elsewhere`: where
    its measures count too ("15.1 Xã NTM nâng cao"). `coming` says what is decided from a later day on.
    """

    item: str
    name: str
    criterion: str
    criterion_name: str
    measures: tuple[str, ...]
    seen: Mapping[str, int]
    state: AssignmentState | None
    lead: str = ""
    others: tuple[str, ...] = ()
    responsible: str = ""
    since: date | None = None
    elsewhere: tuple[str, ...] = ()
    coming: str = ""
    letters: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_nobodys(self) -> bool:
        return self.state is None

    @property
    def key(self) -> str:
        """How the row is named in forms: its measures."""
        return " ".join(self.measures)

    @property
    def who(self) -> str:
        """ "BHXH huyện chủ trì; Phòng Y tế phối hợp; Phan Thị Hoa chịu trách nhiệm"."""
        if self.state is None:
            return "chưa giao"
        said = [f"{self.lead} chủ trì"]
        said += [f"{', '.join(self.others)} phối hợp"] if self.others else []
        return "; ".join(said + ([f"{self.responsible} chịu trách nhiệm"] if self.responsible else []))

    def concerns(self, department: str) -> bool:
        return not department or department in self.letters


@dataclass(frozen=True)
class CriterionRows:
    """`number` is "" for the conditions of the set; beside each row its letter under every column of the board."""

    number: str
    name: str
    lines: tuple[tuple[AssignedRow, tuple[tuple[Department, str], ...]], ...]


@dataclass(frozen=True)
class AssignmentBoard:
    """What nobody answers for stands apart, and is shown first."""

    district: Unit
    book: Rulebook
    as_of: date
    departments: tuple[Department, ...]
    rows: tuple[AssignedRow, ...]

    @property
    def nobodys(self) -> list[AssignedRow]:
        return [row for row in self.rows if row.is_nobodys]

    @property
    def nameless(self) -> int:
        """Rows with a lead but nobody who answers in person."""
        return sum(not row.is_nobodys and not row.responsible for row in self.rows)

    @property
    def columns(self) -> tuple[Department, ...]:
        """Departments with a part in these rows, in the order of the district's list."""
        used = {code for row in self.rows for code in row.letters}
        return tuple(one for one in self.departments if one.code in used)

    def grouped(self, rows: Iterable[AssignedRow]) -> list[CriterionRows]:
        columns = self.columns
        return [
            CriterionRows(number, name, tuple((row, _cells(row, columns)) for row in found))
            for (number, name), found in groupby(rows, key=attrgetter("criterion", "criterion_name"))
        ]


def _cells(row: AssignedRow, columns: Sequence[Department]) -> tuple[tuple[Department, str], ...]:
    return tuple((one, row.letters.get(one.code, "")) for one in columns)


def assignment_board(district: Unit, books: BooksInForce, book: Rulebook, as_of: date) -> AssignmentBoard:
    """The set as assigned on a day. Three queries."""
    departments = departments_listed(district)
    return AssignmentBoard(district, book, as_of, tuple(departments), tuple(_rows(district, books, book, as_of)))


@dataclass(frozen=True)
class _Known:
    """Of one measure: the assignment of the day, the one without an end, and one that begins later."""

    now: Assignment | None = None
    last: Assignment | None = None
    later: Assignment | None = None

    @property
    def state(self) -> AssignmentState | None:
        return assignment_state(self.now) if self.now else None


def _known(district: Unit, as_of: date) -> dict[str, _Known]:
    rows = Assignment.objects.filter(district=district).select_related("lead", "measure", "responsible")
    found: dict[str, list[Assignment]] = {}
    for row in rows.prefetch_related("others").order_by("from_on", "pk"):
        found.setdefault(row.measure.code, []).append(row)
    return {measure: _of_one(rows, as_of) for measure, rows in found.items()}


def _of_one(rows: Sequence[Assignment], as_of: date) -> _Known:
    now = [row for row in rows if row.from_on <= as_of and (row.to_on is None or row.to_on > as_of)]
    last = [row for row in rows if row.to_on is None]
    later = [row for row in rows if row.from_on > as_of and (row.to_on is None or row.to_on > row.from_on)]
    return _Known(now[-1] if now else None, last[-1] if last else None, later[0] if later else None)


def _rows(district: Unit, books: BooksInForce, book: Rulebook, as_of: date) -> Iterable[AssignedRow]:
    known, elsewhere = _known(district, as_of), _places(books)
    items: dict[str, list[str]] = {}
    for item, part in book.parts:
        items.setdefault(item, []).append(part.measure.code)
    for item, codes in items.items():
        shares: dict[AssignmentState | None, list[str]] = {}
        for measure in dict.fromkeys(codes):
            shares.setdefault(known.get(measure, _Known()).state, []).append(measure)
        for measures in shares.values():
            yield _row(book, item, measures, known, elsewhere, is_share=len(shares) > 1)


def _row(
    book: Rulebook, item: str, measures: Sequence[str], known: Mapping[str, _Known],
    elsewhere: Places, *, is_share: bool,
) -> AssignedRow:  # fmt: skip
    criterion, whole = book.criterion_of.get(item), _name(book, item)
    parts = "; ".join(book.measures[measure].name for measure in measures)
    own = [known.get(measure, _Known()) for measure in measures]
    now, later = own[0].now, next((one.later for one in own if one.later), None)
    others = {(family, code): said for measure in measures for family, code, said in elsewhere.get(measure, ())}
    return AssignedRow(
        item=item if criterion else "ĐK", name=f"{whole} – {parts}" if is_share else whole,
        criterion=str(criterion.number) if criterion else "", criterion_name=criterion.name if criterion else "",
        measures=tuple(measures),
        seen={m: (one.last.pk if one.last else 0) for m, one in zip(measures, own, strict=True)},
        state=own[0].state, lead=now.lead.name if now else "",
        others=tuple(other.name for other in now.others.all()) if now else (),
        responsible=now.responsible.full_name if now and now.responsible else "",
        since=max((one.now.from_on for one in own if one.now), default=None),
        elsewhere=tuple(said for (family, code), said in others.items() if (family, code) != (book.family, item)),
        coming=f"từ {later.from_on:%d/%m/%Y}: {later.lead.name}" if later else "",
        letters=_letters(own[0].state),
    )  # fmt: skip


def _places(books: BooksInForce) -> Places:
    """By measure every place where it counts: family, code and the words for it. No query."""
    found: Places = {}
    for book in books:
        for item, part in book.parts:
            label = item if item in book.indicators else "điều kiện"
            found.setdefault(part.measure.code, []).append((book.family, item, f"{label} {book.short_name}"))
    return found


def _letters(state: AssignmentState | None) -> dict[str, str]:
    if state is None:
        return {}
    return {code: COORDINATES for code in state.others} | {state.lead: LEADS}


def _name(book: Rulebook, item: str) -> str:
    indicator = book.indicators.get(item)
    return indicator.name if indicator else next(one.text for one in book.conditions if one.code == item)


# ---------- what the form offers ----------


@dataclass(frozen=True)
class Somebody:
    """Who may be named: username, name, and for whom they speak."""

    username: str
    name: str
    desk: str


def people_to_name(district: Unit, day: date) -> list[Somebody]:
    """Everybody with a seat in the district on a day, by name. One query."""
    found = {seat.person.username: _somebody(seat) for seat in seats_listed(district) if _sits(seat, day)}
    return sorted(found.values(), key=attrgetter("desk", "name"))


def _sits(seat: Posting, day: date) -> bool:
    return seat.person.is_active and seat.from_on <= day and (seat.to_on is None or seat.to_on > day)


def _somebody(seat: Posting) -> Somebody:
    return Somebody(seat.person.username, seat.person.full_name, desk_name(seat))
