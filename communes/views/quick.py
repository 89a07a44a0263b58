"""Nhập nhanh: one measure of every commune, filled in by the department that leads it or by the office.

One address reads and takes the whole table (without script, and a pasted column); another takes one commune's row. What
is saved is a draft that the commune accepts; what the commune writes itself is neither shown nor replaced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.roles import Role
from communes.actions.prefilling import prefill_value
from communes.actions.stating import Stale, said
from communes.forms import Typed, entry_of, fingerprint, typed_in
from communes.models import Statement, Unit
from communes.policies import Refused
from communes.queries.entry import is_choice, typed_text
from communes.queries.judged import communes_of
from communes.queries.people import Lead, leads_of
from communes.queries.prefill import Choice, PrefillRow, choices_for, prefill_rows
from communes.rules.pasting import LeftLine, Pasted, Place, folded, read_paste
from communes.rules.workflow import Stage
from communes.views.cells import person_in
from communes.views.opening import checked_year, open_district, standing_in, today_in
from communes.views.rows import Attempt, Theirs, choices_of
from criteria.address import FIRST_YEAR, year_in
from criteria.models import Measure
from criteria.queries import books_in_force
from criteria.rules.numbers import format_number
from criteria.rules.values import ValueProblem

MOST_PASTED = 100_000


@dataclass(frozen=True)
class QuickRow:
    """One commune of the table, with what was typed and refused."""

    at: PrefillRow
    choice: Choice
    url: str
    attempt: Attempt | None = None
    just_saved: bool = False

    @property
    def unit(self) -> Unit:
        return self.at.unit

    @property
    def code(self) -> str:
        return self.at.unit.code

    @property
    def id(self) -> str:
        return f"q-{self.code}"

    @property
    def is_locked(self) -> bool:
        return self.at.refusal is not None

    @property
    def value(self) -> str:
        return self.attempt.typed.value if self.attempt else self.at.typed

    @property
    def remark(self) -> str:
        return self.attempt.typed.remark if self.attempt else self.at.remark

    @property
    def version(self) -> int:
        """A wrong value stays bound to the version its owner has seen; a conflict shows the other's."""
        return self.attempt.typed.version if self.attempt and not self.attempt.theirs else self.at.version

    @property
    def seen(self) -> str:
        return fingerprint(self.at.typed, False, "", "", self.at.remark)

    @property
    def is_choice(self) -> bool:
        return is_choice(self.choice.measure)

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        return choices_of(self.choice.measure, self.value)

    @property
    def unit_label(self) -> str:
        label = self.choice.measure.unit
        return label if len(label) <= 4 else ""

    @property
    def denominator(self) -> str:
        return "" if self.at.denominator is None else format_number(self.at.denominator)

    @property
    def field_class(self) -> str:
        if self.attempt:
            return "conflict" if self.attempt.theirs else "refused"
        return "lock" if self.is_locked else ""

    @property
    def state(self) -> tuple[str, str]:
        """(class, words): what was filled in and waits for the commune, what the commune does itself."""
        if self.attempt:
            return ("warn", "Người khác vừa sửa") if self.attempt.theirs else ("bad", "Chưa lưu")
        stage = self.at.stage
        if stage is Stage.PREFILLED:
            return "ok", "Đã nhập hộ, chờ xã nhận"
        if stage in (Stage.DRAFT, Stage.PROPOSED):
            return "", "Xã đang soạn"
        if stage is None or stage is Stage.WITHDRAWN:
            return "", "Chưa có số"
        return "", stage.label[:1].upper() + stage.label[1:]


@dataclass(frozen=True)
class Report:
    """What became of a pasted block."""

    taken: int
    left: tuple[LeftLine, ...] = ()


@dataclass
class Table:
    """The page for one measure and year; `choices` are all that this person may fill in."""

    district: Unit
    year: int
    choices: Sequence[Choice]
    choice: Choice | None = None
    lead: Lead | None = None
    rows: dict[str, QuickRow] = field(default_factory=dict)

    @property
    def filled(self) -> int:
        return sum(row.at.stage is Stage.PREFILLED for row in self.rows.values())

    @property
    def open(self) -> int:
        return sum(not row.is_locked for row in self.rows.values())

    def with_attempts(self, attempts: Mapping[str, Attempt]) -> None:
        self.rows = {code: replace(row, attempt=attempts.get(code)) for code, row in self.rows.items()}


def load_table(request: HttpRequest, wanted: str, year: int, sought: str = "") -> Table:
    """The table of the measure wanted ("" for the first; with words sought one that fits them), in a constant number
    of queries. Http404 for a measure that is not this person's to fill in, PermissionDenied for those who fill in
    nothing."""
    standing, today = standing_in(request), today_in(request)
    if not standing.has(Role.DEPARTMENT, Role.COORDINATOR):
        raise PermissionDenied("Trang này dành cho cơ quan chủ trì chỉ tiêu và Văn phòng Điều phối NTM huyện.")
    district = open_district(request)
    leads = leads_of(district, today)
    choices = choices_for(standing, district, books_in_force(today, year=year), leads)
    table = Table(district, year, choices)
    fitting = [one for one in choices if _fits(one, sought)] or choices
    chosen = [one for one in choices if wanted in ("", one.measure.code)]
    table.choice = next((one for one in chosen if one in fitting), fitting[0] if chosen else None)
    if table.choice is None:
        if wanted:
            raise Http404
        return table
    measure = table.choice.measure
    table.lead = leads.of(measure.code)
    rows = prefill_rows(district, communes_of(district, today), measure, table.lead, year, today, standing)
    table.rows = {row.unit.code: QuickRow(row, table.choice, _row_url(table, row.unit)) for row in rows}
    return table


def _row_url(table: Table, unit: Unit) -> str:
    assert table.choice is not None
    kwargs = {"year": table.year, "measure": table.choice.measure.code, "code": unit.code}
    return reverse("communes:quick-cell", kwargs=kwargs) + _of_district(table)


def _of_district(table: Table) -> str:
    return f"?huyen={table.district.slug}"


def _address(table: Table, year: int | None = None) -> str:
    query = {"nam": year or table.year, "huyen": table.district.slug}
    if table.choice:
        query["so-do"] = table.choice.measure.code
    return f"{reverse('communes:quick-entry')}?{urlencode(query)}"


@require_http_methods(["GET", "HEAD", "POST"])
def quick_entry(request: HttpRequest) -> HttpResponse:
    today = today_in(request)
    year = checked_year(year_in(request.GET.get("nam"), today), today)
    table = load_table(request, request.GET.get("so-do", "")[:80], year, request.GET.get("tim", "")[:80])
    if request.method == "POST" and table.choice:
        return _save_all(request, table)
    return _render(request, table)


def _save_all(request: HttpRequest, table: Table) -> HttpResponse:
    """Every changed row, then the pasted block; what was refused comes back as it was typed, with its sentence."""
    typed = {code: one for code in table.rows if (one := typed_in(request.POST, code)) is not None}
    changed = {code: one for code, one in typed.items() if one.is_changed and request.POST.get("lay") != code}
    pasted = _pasted(request, table)
    left = list(pasted.left)
    for code, value in pasted.values.items():
        row = table.rows[code]
        if row.is_locked:
            left.append(LeftLine(pasted.numbers[code], f"{row.unit.name}: {value}", row.at.refusal or ""))
        else:
            seen = typed.get(code, Typed(remark=row.at.remark, version=row.at.version))
            changed[code] = replace(seen, value=_as_choice(row, value))
    attempts = _save_rows(request, table, changed)
    taken = [code for code in pasted.values if code in changed and code not in attempts]
    left += [
        LeftLine(pasted.numbers[code], f"{table.rows[code].unit.name}: {value}", _told(attempts[code]))
        for code, value in pasted.values.items()
        if code in attempts
    ]
    if not attempts and not left:
        messages.success(request, _summary(len(changed)))
        return redirect(_address(table))
    fresh = load_table(request, table.choice.measure.code if table.choice else "", table.year)
    fresh.with_attempts(attempts)
    status = max((attempt.status for attempt in attempts.values()), default=422)
    status = 409 if any(attempt.theirs for attempt in attempts.values()) else status
    report = Report(len(taken), tuple(sorted(left, key=lambda line: line.number))) if left else None
    return _render(request, fresh, status, report=report, problems=len(attempts), saved=len(changed) - len(attempts))


def _summary(saved: int) -> str:
    return f"Đã nhập hộ {saved} xã. Xã nhận rồi mới gửi thẩm tra." if saved else "Không có ô nào thay đổi."


def _told(attempt: Attempt) -> str:
    return f"{attempt.theirs.by} vừa lưu {attempt.theirs.shown}" if attempt.theirs else attempt.problem


def _pasted(request: HttpRequest, table: Table) -> Pasted:
    text = request.POST.get("dan", "")
    if len(text) > MOST_PASTED:
        raise BadRequest("Khối dán quá lớn. Chỉ dán cột tên xã và cột giá trị.")
    places = [Place(row.code, row.unit.name) for row in table.rows.values()]
    return read_paste(text, places, request.POST.get("tu", ""))


def _as_choice(row: QuickRow, text: str) -> str:
    """A pasted word as the field of a choice holds it ("Đạt" is the option "yes"); anything else as it is."""
    for value, label, _ in row.choices if row.is_choice else ():
        if value and folded(text) in (folded(label), folded(value)):
            return value
    return text


def _save_rows(request: HttpRequest, table: Table, typed: Mapping[str, Typed]) -> dict[str, Attempt]:
    if not typed or table.choice is None:
        return {}
    measure = Measure.objects.get(code=table.choice.measure.code)
    attempts = {}
    for code, one in typed.items():
        attempt = _save_row(request, table, table.rows[code], measure, one)
        if attempt:
            attempts[code] = attempt
    return attempts


def _save_row(request: HttpRequest, table: Table, row: QuickRow, measure: Measure, typed: Typed) -> Attempt | None:
    """Save one commune's value as filled in; what could not be saved comes back with everything that was typed."""
    full = replace(typed, value=_with_denominator(row, typed.value))
    try:
        entry = entry_of(row.choice.measure, full, allowed=None)
        prefill_value(
            by=person_in(request), standing=standing_in(request), item=row.at.item, unit=row.unit, measure=measure,
            year=table.year, seen_version=typed.version, entry=entry, on=today_in(request),
            url=reverse("communes:sheet-home", kwargs={"code": row.unit.slug}),
        )  # fmt: skip
    except (ValueProblem, Refused) as problem:
        return Attempt(typed, str(problem))
    except Stale as stale:
        return _conflict(row, measure, full, stale.current)
    return None


def _with_denominator(row: QuickRow, value: str) -> str:
    """ "7741/" is finished with the commune's own base figure, where the measure is a percentage of one."""
    if row.at.denominator is None or not value.endswith("/"):
        return value
    return value + format_number(row.at.denominator).replace(".", "")


def _conflict(row: QuickRow, measure: Measure, typed: Typed, current: Statement | None) -> Attempt | None:
    """Somebody saved first. The same value twice is no conflict; the commune's own draft is not told."""
    if current is None:
        return Attempt(typed, "Ô này vừa được người khác mở. Lưu lại lần nữa.")
    if current.stage != Stage.PREFILLED.value:
        return Attempt(typed, "Xã vừa tự nhập hoặc gửi mục này; số của anh/chị không ghi đè.")
    if typed_text(row.choice.measure, current) == typed.value and current.remark == typed.remark:
        return None
    return Attempt(typed, theirs=Theirs(current.by.full_name, current.at, said(measure, current)))


def _render(
    request: HttpRequest, table: Table, status: int = 200, *, report: Report | None = None, problems: int = 0,
    saved: int = 0,
) -> HttpResponse:  # fmt: skip
    today = today_in(request)
    sought = request.GET.get("tim", "")[:80].strip()
    fitting = [one for one in table.choices if _fits(one, sought)]
    nothing = bool(sought) and not fitting
    groups: dict[str, list[tuple[Choice, bool]]] = {}
    for one in fitting or table.choices:
        is_chosen = table.choice is not None and one.measure.code == table.choice.measure.code
        groups.setdefault(one.group, []).append((one, is_chosen))
    years = range(max(FIRST_YEAR, today.year - 3), max(today.year, FIRST_YEAR) + 1)
    context = {
        "table": table, "choice": table.choice, "rows": list(table.rows.values()), "year": table.year,
        "years": [(_address(table, year), str(year), year == table.year) for year in years],
        "groups": list(groups.items()), "sought": sought, "nothing": nothing,
        "action": _address(table), "report": report, "problems": problems, "saved": saved,
    }  # fmt: skip
    return render(request, "communes/quick_entry.html", context, status=status)


def _fits(choice: Choice, sought: str) -> bool:
    """Accent-blind, every word, by code, wording, criterion or set."""
    words = folded(" ".join((choice.label, choice.measure.name, choice.group, *choice.also)))
    return all(word in words for word in folded(sought).split())


@require_POST
def quick_cell(request: HttpRequest, year: int, measure: str, code: str) -> HttpResponse:
    """One commune's row by script: saved, or given back with its sentence (422) or the other's value (409)."""
    table = load_table(request, measure[:80], checked_year(year, today_in(request)))
    row = table.rows.get(code)
    if row is None or table.choice is None:
        raise Http404
    typed = typed_in(request.POST, code)
    if typed is None:
        raise BadRequest("Trang gửi lên không đúng mẫu. Tải lại trang rồi làm lại.")
    takes_theirs = request.POST.get("lay") == code
    attempts = {} if takes_theirs or not typed.is_changed else _save_rows(request, table, {code: typed})
    if not request.headers.get("HX-Request"):
        if attempts:
            messages.error(request, f"{row.unit.name}: {_told(attempts[code])}")
        return redirect(_address(table))
    fresh = load_table(request, measure[:80], year)
    shown = replace(fresh.rows[code], attempt=attempts.get(code), just_saved=not attempts and not takes_theirs)
    context = {"row": shown, "year": year, "choice": table.choice}
    return render(request, "communes/_quick_row.html", context, status=attempts[code].status if attempts else 200)
