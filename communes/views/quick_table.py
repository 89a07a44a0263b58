"""The table of nhập nhanh as its page shows it: one measure, every commune, what was typed and refused.

Loaded by `communes.views.quick`, which saves into it. It holds only what this person may fill in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse

from accounts.roles import Role
from communes.forms import fingerprint
from communes.models import Unit
from communes.queries.entry import is_choice
from communes.queries.judged import communes_of
from communes.queries.people import Lead, leads_of
from communes.queries.prefill import Choice, PrefillRow, choices_for, prefill_rows
from communes.rules.workflow import Stage
from communes.views.fields import Attempt, choices_of
from communes.views.opening import open_district, standing_in, today_in
from criteria.queries import books_in_force
from criteria.rules.judging import Conclusion
from criteria.rules.numbers import format_number
from criteria.rules.vocabulary import Basis, Verdict
from criteria.rules.words import folded


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
    def is_filled(self) -> bool:
        """A value taken back again leaves an empty draft, which nobody is asked to accept."""
        return self.at.stage is Stage.PREFILLED and bool(self.at.typed)

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
    def now(self) -> Conclusion:
        """The verdict of what is typed now, else of what stands; nothing is concluded from what was refused."""
        return Conclusion(Verdict.NO_DATA) if self.attempt and not self.attempt.theirs else self.at.now

    @property
    def basis(self) -> Basis | None:
        return None if self.attempt else self.at.basis

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
        if self.is_filled:
            return "ok", "Đã nhập hộ, chờ xã nhận"
        if stage in (Stage.DRAFT, Stage.PROPOSED):
            return "", "Xã đang soạn"
        if stage in (None, Stage.WITHDRAWN, Stage.PREFILLED):
            return "", "Chưa có số"
        return "", stage.label[:1].upper() + stage.label[1:]


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
        return sum(row.is_filled for row in self.rows.values())

    @property
    def open(self) -> int:
        return sum(not row.is_locked for row in self.rows.values())

    @property
    def requirement(self) -> str:
        """What every commune is held against; "" where thresholds differ between them (then each row says its own)."""
        found = {row.at.requirement for row in self.rows.values()}
        return found.pop() if len(found) == 1 else ""

    @property
    def action(self) -> str:
        return address_of(self)

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
    books = books_in_force(today, year=year)
    choices = choices_for(standing, district, books, leads)
    table = Table(district, year, choices)
    fitting = [one for one in choices if fits(one, sought)] or choices
    chosen = [one for one in choices if wanted in ("", one.measure.code)]
    table.choice = next((one for one in chosen if one in fitting), fitting[0] if chosen else None)
    if table.choice is None:
        if wanted:
            raise Http404
        return table
    measure = table.choice.measure
    table.lead = leads.of(measure.code)
    rows = prefill_rows(
        district, communes_of(district, today), table.choice, table.lead, year, today, standing, books
    )
    table.rows = {row.unit.code: QuickRow(row, table.choice, row_url(table, row.unit)) for row in rows}
    return table


def row_url(table: Table, unit: Unit) -> str:
    assert table.choice is not None
    kwargs = {"year": table.year, "measure": table.choice.measure.code, "code": unit.code}
    return reverse("communes:quick-cell", kwargs=kwargs) + of_district(table)


def of_district(table: Table) -> str:
    return f"?huyen={table.district.slug}"


def address_of(table: Table, year: int | None = None) -> str:
    query = {"nam": year or table.year, "huyen": table.district.slug}
    if table.choice:
        query["so-do"] = table.choice.measure.code
    return f"{reverse('communes:quick-entry')}?{urlencode(query)}"


def fits(choice: Choice, sought: str) -> bool:
    """Accent-blind, every word, by code, wording, criterion or set."""
    words = folded(" ".join((choice.label, choice.measure.name, choice.group, *choice.also)))
    return all(word in words for word in map(folded, sought.split()))
