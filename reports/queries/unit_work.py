"""What waits at a unit's own desk: rounds to report in, what came back, what to accept, to sign, to attach, and what
was sent and waits elsewhere. For a commune's officers all of its figures; for those of a department, of the district's
own figures those that it leads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Max, Q
from django.urls import reverse

from communes.models import Act, Assessment, Round, Unit
from communes.queries.entry import last_acts
from communes.queries.evidence import paper_states
from communes.queries.people import OFFICE, Leads
from communes.queries.rounds import RoundDue, reported_in, rounds_for
from communes.rules.workflow import ActKind, Stage
from criteria.queries import BooksInForce, books_in_force
from criteria.rules.vocabulary import Level
from reports.queries.duties import Awaited, Duty, Sort

# What is read one by one; more of a sort become one line with their number.
MOST_LINES = 8
# Of rounds left open for months only these are counted through.
MOST_ROUNDS = 4
_BACK = (ActKind.RETURN, ActKind.RETURN_TO_ASSESSOR, ActKind.SEND_BACK)
_NOT_SENT = frozenset({Stage.DRAFT, Stage.WITHDRAWN, Stage.PREFILLED, Stage.PROPOSED})
_BEFORE_APPROVAL = frozenset({Stage.DRAFT, Stage.PROPOSED, Stage.SUBMITTED, Stage.RETURNED})


@dataclass(frozen=True)
class OwnDesk:
    """A unit and which of its measures this person answers for."""

    unit: Unit
    leads: Leads
    covers: Callable[[str], bool]
    signs: bool
    today: date

    @cached_property
    def rows(self) -> list[Assessment]:
        """This year's and last year's figures, with their newest revisions. One query."""
        rows = Assessment.objects.filter(unit=self.unit, year__gte=self.today.year - 1, year__lte=self.today.year + 1)
        rows = rows.exclude(current=None).select_related("measure", "current")
        return [row for row in rows.order_by("year", "pk") if self.covers(row.measure.code)]

    @cached_property
    def rounds(self) -> list[RoundDue]:
        """Those open now, the most pressing first. Three queries."""
        return [row for row in rounds_for(self.unit, self.today) if not row.is_closed]

    def at(self, *stages: Stage) -> list[Assessment]:
        return [row for row in self.rows if row.current is not None and row.current.stage in stages]

    def due_on(self, year: int) -> date | None:
        """When the nearest open round of a year is due."""
        return min((row.due_on for row in self.rounds if row.year == year), default=None)


def unit_duties(desk: OwnDesk, books: Mapping[int, BooksInForce]) -> list[Duty]:
    """Everything to do about a unit's own figures. About a dozen queries and two for each open round."""
    years = SheetAddresses(desk.unit, books)
    return [
        *_returned(desk, years),
        *_stage_duty(desk, years, Sort.ACCEPT, Stage.PREFILLED, "Nhận hoặc sửa {n} mục phòng, ban nhập hộ", "Xem",
                      "nhap-ho"),
        *(_to_sign(desk, years) if desk.signs else ()),
        *_to_enter(desk, years),
        *_to_attach(desk, years),
    ]


class SheetAddresses:
    """Where a measure of a unit is typed: the sheet of the first set of its level that asks for it."""

    def __init__(self, unit: Unit, books: Mapping[int, BooksInForce]) -> None:
        self._unit, self._books = unit, books

    def sheet(self, year: int, chosen: str = "", measure: str = "") -> str:
        """The address, with the filter and the row where they are known; the unit's first sheet for an unknown year."""
        place = self.place(year, measure)
        if place is None:
            return self._home()
        family, item = place
        kwargs: dict[str, object] = {"family": family, "year": year}
        if self._unit.is_commune:
            address = reverse("communes:sheet", kwargs={"code": self._unit.slug, **kwargs})
        else:
            address = reverse("communes:district-sheet", kwargs=kwargs)
        return address + (f"?loc={chosen}" if chosen else "") + (f"#i-{item}" if item else "")

    def place(self, year: int, measure: str) -> tuple[str, str] | None:
        """The set and the item ("15.1") under which a measure stands; without a measure the first set."""
        books = self._books[year].of_level(Level(self._unit.level)) if year in self._books else []
        for book in books:
            if not measure:
                return book.family, ""
            for item, part in book.parts:
                if part.measure.code == measure:
                    return book.family, item
        return None

    def named(self, row: Assessment) -> str:
        """ "15.1 Tỷ lệ người dân tham gia bảo hiểm y tế"."""
        place = self.place(row.year, row.measure.code)
        number = place[1] if place is not None and place[1][:1].isdigit() else ""
        return f"{number} {row.measure.name}".strip()

    def _home(self) -> str:
        if self._unit.is_commune:
            return reverse("communes:sheet-home", args=[self._unit.slug])
        return reverse("communes:district-sheet-home")


def books_for(years: Iterable[int], today: date) -> dict[int, BooksInForce]:
    """The sets in force for each of these years. One query for each year."""
    return {year: books_in_force(today, year=year) for year in sorted(set(years))}


def _returned(desk: OwnDesk, sheets: SheetAddresses) -> list[Duty]:
    rows = desk.at(Stage.RETURNED)
    acts = last_acts([row.current_id for row in rows if row.current_id], _BACK)
    duties = [_came_back(desk, sheets, row, acts.get(row.current_id or 0)) for row in rows[:MOST_LINES]]
    more = rows[MOST_LINES:]
    if more:
        year = more[0].year
        title = f"Và {len(more)} mục khác bị trả lại"
        due = desk.due_on(year)
        duties.append(Duty(Sort.CORRECT, title, sheets.sheet(year, "tra-lai"), "Mở phiếu", due_on=due, count=len(more)))
    return duties


def _came_back(desk: OwnDesk, sheets: SheetAddresses, row: Assessment, back: Act | None) -> Duty:
    said = f"{_returned_by(desk, row, back)}, {back.on:%d/%m}: “{back.reason}”" if back is not None else ""
    return Duty(
        Sort.CORRECT, sheets.named(row), sheets.sheet(row.year, "tra-lai", row.measure.code), "Sửa", said,
        desk.due_on(row.year), back.on if back else None,
    )  # fmt: skip


def _returned_by(desk: OwnDesk, row: Assessment, back: Act) -> str:
    if back.kind == ActKind.SEND_BACK.value:
        return f"Chủ tịch xã ({back.by.full_name})"
    of_office = back.kind == ActKind.RETURN_TO_ASSESSOR.value or not desk.unit.is_commune
    return OFFICE.name if of_office else desk.leads.of(row.measure.code).name


def _stage_duty(
    desk: OwnDesk, sheets: SheetAddresses, sort: Sort, stage: Stage, title: str, verb: str, chosen: str
) -> list[Duty]:  # fmt: skip
    rows = desk.at(stage)
    if not rows:
        return []
    year, since = rows[0].year, min(row.current.on for row in rows if row.current is not None)
    names = _listed([sheets.named(row) for row in rows])
    said = title.format(n=len(rows))
    url = sheets.sheet(year, chosen)
    return [Duty(sort, f"{said} ({desk.unit.full_name})", url, verb, names, desk.due_on(year), since, len(rows))]


def _to_sign(desk: OwnDesk, sheets: SheetAddresses) -> list[Duty]:
    title = "Ký duyệt {n} mục trình Chủ tịch xã"
    return _stage_duty(desk, sheets, Sort.SIGN, Stage.PROPOSED, title, "Xem và ký", "cho-ky")


def _to_enter(desk: OwnDesk, sheets: SheetAddresses) -> list[Duty]:
    """One line for each open round that lacks something: how much, and what kind of lack it is."""
    pressing = desk.rounds[:MOST_ROUNDS]
    if not pressing:
        return []
    rows = list(Round.objects.filter(pk__in=[due.pk for due in pressing]))
    found = reported_in(rows, [desk.unit], desk.today)
    duties, counted = [], set[str]()
    for due in pressing:
        # What came back or waits for the chairman has a line of its own.
        told = {row.measure.code for row in desk.at(Stage.RETURNED, Stage.PROPOSED) if row.year == due.year}
        missing = {code for code in found[due.pk][desk.unit.pk].missing if desk.covers(code)}
        if missing - told:
            # What two rounds ask for is one thing to do: counted with the more pressing one.
            new = {f"{due.year} {code}" for code in missing - told} - counted
            counted |= new
            duties.append(_enter(desk, sheets, due, missing - told, len(new)))
    return duties


def _enter(desk: OwnDesk, sheets: SheetAddresses, due: RoundDue, lacking: set[str], count: int) -> Duty:
    held = {row.measure.code: row for row in desk.rows if row.year == due.year}
    empty = {code for code in lacking if code not in held}
    drafts = {c for c in lacking - empty if held[c].current is not None and held[c].current.stage in _NOT_SENT}
    parts = [
        (len(empty), "chưa nhập"),
        (len(drafts), "nháp chưa gửi"),
        (len(lacking) - len(empty) - len(drafts), "có số kỳ trước, chưa gửi lại hoặc chưa xác nhận không thay đổi"),
    ]
    detail = "; ".join(f"{n} mục {word}" for n, word in parts if n)
    title = f"{due.title}: còn {len(lacking)} mục của {desk.unit.full_name} chưa báo cáo"
    if empty or drafts:
        url, verb = sheets.sheet(due.year, "chua-nhap" if empty else ""), "Nhập"
    else:
        url, verb = reverse("communes:round-confirm", args=[due.pk, desk.unit.code]), "Xác nhận"
    return Duty(Sort.ENTER, title, url, verb, detail, due.due_on, count=count)


def _to_attach(desk: OwnDesk, sheets: SheetAddresses) -> list[Duty]:
    """Figures on their way without the papers asked for. Three queries for each year."""
    duties = []
    for year in sorted({row.year for row in desk.rows}):
        rows = [row for row in desk.at(*_BEFORE_APPROVAL) if row.year == year]
        if not rows:
            continue
        states = paper_states(desk.unit, year, [row.measure.code for row in rows], desk.today)
        lacking = [row for row in rows if states[row.measure.code].is_lacking]
        if lacking:
            title = f"{len(lacking)} mục của {desk.unit.full_name} đã nhập, thiếu minh chứng"
            names = _listed([sheets.named(row) for row in lacking])
            url = sheets.sheet(year, "thieu-minh-chung")
            duties.append(
                Duty(Sort.ATTACH, title, url, "Đính kèm", names, desk.due_on(year), count=len(lacking), can_wait=True)
            )
    return duties


def unit_awaited(desk: OwnDesk, sheets: SheetAddresses) -> list[Awaited]:
    """What was sent and where it stands: by the department that verifies, and at the office. One query."""
    submitted, verified, proposed = desk.at(Stage.SUBMITTED), desk.at(Stage.VERIFIED), desk.at(Stage.PROPOSED)
    moving = [row.current_id for row in (*submitted, *verified, *proposed)]
    last = dict(
        Act.objects.filter(~Q(kind=ActKind.APPRAISE.value), revision__in=moving)
        .values("revision_id").annotate(last=Max("on")).values_list("revision_id", "last")
    )  # fmt: skip
    by_lead: dict[str, list[Assessment]] = {}
    for row in submitted:
        name = desk.leads.of(row.measure.code).name if desk.unit.is_commune else OFFICE.name
        by_lead.setdefault(name, []).append(row)
    groups = [(f"chờ {name} thẩm tra", rows) for name, rows in sorted(by_lead.items())]
    groups += [("chờ duyệt", verified), ("chờ Chủ tịch xã ký", [] if desk.signs else proposed)]
    return [_awaited(sheets, words, rows, last) for words, rows in groups if rows]


def _awaited(
    sheets: SheetAddresses, words: str, rows: list[Assessment], last: Mapping[int, date]
) -> Awaited:
    names = [sheets.named(row) for row in rows]
    title = names[0] if len(rows) == 1 else f"{len(rows)} mục: {_listed(names)}"
    since = min((last[row.current_id] for row in rows if row.current_id in last), default=None)
    return Awaited(title, words, sheets.sheet(rows[0].year), since)


def _listed(names: list[str], most: int = 3) -> str:
    """The first few names, shortened, and how many more."""
    shown = "; ".join(name if len(name) <= 60 else f"{name[:58]}…" for name in names[:most])
    return shown + (f" và {len(names) - most} mục nữa" if len(names) > most else "")
