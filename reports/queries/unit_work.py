"""What waits at a unit's own desk: rounds to report in, what came back, what to accept, to sign, to attach, and what
was sent and waits elsewhere. For a commune's officers all of its figures; for those of a department, of the district's
own figures those that it leads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Max, Q
from django.urls import reverse

from communes.models import Act, Assessment, Round, Unit
from communes.queries.entry import last_acts, row_id
from communes.queries.evidence import paper_states
from communes.queries.people import OFFICE, Leads
from communes.queries.rounds import RoundDue, reported_in, rounds_for, year_lock
from communes.rules.workflow import ActKind, Stage
from criteria.queries import BooksInForce, books_in_force
from criteria.rules.rulebook import Rulebook
from criteria.rules.vocabulary import Level
from reports.queries.duties import Awaited, Duty, Share, Sort

# What is read one by one; more of a sort become one line with their number.
MOST_LINES = 8
# Of rounds left open for months only these are counted through.
MOST_ROUNDS = 4
_BACK = (ActKind.RETURN, ActKind.RETURN_TO_ASSESSOR, ActKind.SEND_BACK)
_NOT_SENT = frozenset({Stage.DRAFT, Stage.WITHDRAWN, Stage.PREFILLED, Stage.PROPOSED})


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

    def at_by_year(self, *stages: Stage) -> list[tuple[int, list[Assessment]]]:
        return _by_year(self.at(*stages))

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


def _by_year(rows: Iterable[Assessment]) -> list[tuple[int, list[Assessment]]]:
    found: dict[int, list[Assessment]] = {}
    for row in rows:
        found.setdefault(row.year, []).append(row)
    return sorted(found.items())


class SheetAddresses:
    """Where a measure of a unit is typed: the sheet of the first set of its level that asks for it."""

    def __init__(self, unit: Unit, books: Mapping[int, BooksInForce]) -> None:
        self._unit, self._books = unit, books

    def row(self, row: Assessment, chosen: str = "") -> str:
        """The row of a figure on its sheet, with the filter that shows it."""
        place = self._place(row)
        if place is None:
            return self._home()
        return self._sheet(row.year, place[0].family, chosen, row.measure.code)

    def sheets(self, year: int, measures: Collection[str], chosen: str = "") -> tuple[Share, ...]:
        """The sheets on which these measures stand, with how many behind the filter of each; what two sets share
        counts on both, and a sheet that adds nothing is left out. A single one is led to by its row."""
        wanted, told, found = frozenset(measures), set[str](), list[Share]()
        for book in self._of(year):
            here = wanted & book.measures.keys()
            if here - told:
                told |= here
                only = next(iter(here)) if len(here) == 1 else ""
                found.append(Share(book.short_name, len(here), self._sheet(year, book.family, chosen, only), 0))
        return tuple(found) or (Share("", len(wanted), self._home(), 0),)

    def named(self, row: Assessment) -> str:
        """ "15.1 Xã NTM: Tỷ lệ người dân tham gia bảo hiểm y tế"."""
        place = self._place(row)
        if place is None:
            return row.measure.name
        book, item = place
        if item in book.indicators:
            return f"{item} {book.short_name}: {row.measure.name}"
        # Conditions often name their set themselves.
        said_already = row.measure.name.startswith(book.short_name)
        return row.measure.name if said_already else f"{book.short_name}: {row.measure.name}"

    def _place(self, row: Assessment) -> tuple[Rulebook, str] | None:
        """The first set that asks for a figure, and the item ("15.1") under which it stands there."""
        for book in self._of(row.year):
            for item, part in book.parts:
                if part.measure.code == row.measure.code:
                    return book, item
        return None

    def _of(self, year: int) -> Sequence[Rulebook]:
        return self._books[year].of_level(Level(self._unit.level)) if year in self._books else ()

    def _sheet(self, year: int, family: str, chosen: str, measure: str) -> str:
        kwargs: dict[str, object] = {"family": family, "year": year}
        if self._unit.is_commune:
            address = reverse("communes:sheet", kwargs={"code": self._unit.slug, **kwargs})
        else:
            address = reverse("communes:district-sheet", kwargs=kwargs)
        return address + (f"?loc={chosen}" if chosen else "") + (f"#{row_id(measure)}" if measure else "")

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
    for year, more in _by_year(rows[MOST_LINES:]):
        shares = sheets.sheets(year, _codes(more), "tra-lai")
        title = f"Và {len(more)} mục khác bị trả lại, năm {year}"
        due = desk.due_on(year)
        duties.append(
            Duty(Sort.CORRECT, title, shares[0].url, "Mở phiếu", due_on=due, count=len(more), shares=shares)
        )
    return duties


def _codes(rows: Iterable[Assessment]) -> set[str]:
    return {row.measure.code for row in rows}


def _came_back(desk: OwnDesk, sheets: SheetAddresses, row: Assessment, back: Act | None) -> Duty:
    said = f"{_returned_by(desk, row, back)}, {back.on:%d/%m}: “{back.reason}”" if back is not None else ""
    return Duty(
        Sort.CORRECT, sheets.named(row), sheets.row(row, "tra-lai"), "Sửa", said,
        (back.mend_by if back else None) or desk.due_on(row.year), back.on if back else None,
    )  # fmt: skip


def _returned_by(desk: OwnDesk, row: Assessment, back: Act) -> str:
    if back.kind == ActKind.SEND_BACK.value:
        return f"Chủ tịch xã ({back.by.full_name})"
    of_office = back.kind == ActKind.RETURN_TO_ASSESSOR.value or not desk.unit.is_commune
    return OFFICE.name if of_office else desk.leads.of(row.measure.code).name


def _stage_duty(
    desk: OwnDesk, sheets: SheetAddresses, sort: Sort, stage: Stage, title: str, verb: str, chosen: str
) -> list[Duty]:  # fmt: skip
    """What waits at one stage: a line for each year, with a link for each set."""
    duties = []
    for year, rows in desk.at_by_year(stage):
        since = min(row.current.on for row in rows if row.current is not None)
        shares = sheets.sheets(year, _codes(rows), chosen)
        said = f"{title.format(n=len(rows))} ({desk.unit.full_name}, năm {year})"
        names = _listed([sheets.named(row) for row in rows])
        duties.append(Duty(sort, said, shares[0].url, verb, names, desk.due_on(year), since, len(rows), shares=shares))
    return duties


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
    if not empty and not drafts:
        url = reverse("communes:round-confirm", args=[due.pk, desk.unit.code])
        return Duty(Sort.ENTER, title, url, "Xác nhận", detail, due.due_on, count=count)
    shares = sheets.sheets(due.year, empty or drafts, "chua-nhap" if empty else "")
    return Duty(Sort.ENTER, title, shares[0].url, "Nhập", detail, due.due_on, count=count, shares=shares)


def _to_attach(desk: OwnDesk, sheets: SheetAddresses) -> list[Duty]:
    """Figures without the papers asked for, as the chip of the sheet counts them; not of a year that is closed, where
    nothing can be attached. Four queries for each year."""
    duties = []
    for year, rows in _by_year(row for row in desk.rows if _is_stated(row)):
        if year_lock(desk.unit.district_code, year):
            continue
        states = paper_states(desk.unit, year, _codes(rows), desk.today)
        lacking = [row for row in rows if states[row.measure.code].is_lacking_at(Stage(row.current.stage))]
        if lacking:
            title = f"{len(lacking)} mục của {desk.unit.full_name} năm {year} đã nhập, thiếu minh chứng"
            names = _listed([sheets.named(row) for row in lacking])
            shares = sheets.sheets(year, _codes(lacking), "thieu-minh-chung")
            duties.append(
                Duty(
                    Sort.ATTACH, title, shares[0].url, "Đính kèm", names, desk.due_on(year), count=len(lacking),
                    can_wait=True, shares=shares,
                )  # fmt: skip
            )
    return duties


def _is_stated(row: Assessment) -> bool:
    return row.current is not None and (row.current.value is not None or bool(row.current.exemption))


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
    return [_awaited(sheets, words, of, last) for words, rows in groups for _, of in _by_year(rows)]


def _awaited(
    sheets: SheetAddresses, words: str, rows: list[Assessment], last: Mapping[int, date]
) -> Awaited:
    names = [sheets.named(row) for row in rows]
    title = names[0] if len(rows) == 1 else f"{len(rows)} mục: {_listed(names)}"
    since = min((last[row.current_id] for row in rows if row.current_id in last), default=None)
    return Awaited(title, words, sheets.sheets(rows[0].year, _codes(rows))[0].url, since)


def _listed(names: list[str], most: int = 3) -> str:
    """The first few names, shortened, and how many more."""
    shown = "; ".join(name if len(name) <= 60 else f"{name[:58]}…" for name in names[:most])
    return shown + (f" và {len(names) - most} mục nữa" if len(names) > most else "")
