"""/nhat-ky/: what was done, in sentences, by whom, before and after; only what a person may know of.

Who sees what. The office, leaders and administrators of a district: everything but what is told of a commune's figure
before it was sent. A department: acts on the measures it leads (with the district's own drafts of those). A commune's
officers: everything about their unit, nothing of other communes. Everybody: their own acts, where they may still be.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from accounts.models import HistoryEntry, Person
from accounts.models.history import PERSON_MARK
from accounts.queries import DRAFT_ACTS
from accounts.roles import Right, Role, Standing
from communes.models import Act, Assignment, Posting, Unit
from communes.rules.superseding import SENT
from criteria.models import Measure
from criteria.queries import measure_of
from criteria.rules import rulebook
from criteria.rules.values import decode_value, show_value
from criteria.rules.vocabulary import Level

PAGE_LENGTH = 50
LONGEST_DETAIL = 400
# Kinds of acts as the filter names them: slug -> (label, beginnings of the acts' names).
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "nhap-so": ("Nhập số liệu", ("assessment.save", "assessment.accept", "base_data.", "survey.")),
    "gui": ("Trình, gửi, rút", ("assessment.propose", "assessment.recall", "assessment.submit", "assessment.withdraw")),
    "tham-tra": ("Thẩm tra", ("assessment.verify", "assessment.appraise")),
    "tra-lai": ("Trả lại", ("assessment.return", "assessment.send_back")),
    "duyet": ("Duyệt", ("assessment.approve", "assessment.load", "assessment.unload")),
    "minh-chung": ("Minh chứng", ("evidence.", "paper.")),
    "trao-doi": ("Trao đổi, khắc phục", ("comment.", "finding.")),
    "chi-dao": ("Chỉ đạo", ("directive.",)),
    "ky": ("Kỳ báo cáo", ("round.", "practice.")),
    "nhap-tep": ("Nhập từ tệp", ("import.",)),
    "nguong": ("Ngưỡng, không áp dụng", ("threshold.", "exemption.", "library.", "supplement.")),
    "to-chuc": ("Cán bộ, phân công, mục tiêu", ("person.", "posting.", "assignment.", "target.", "unit.")),
    "cong-nhan": ("Công nhận", ("recognition.",)),
}
_AROUND_A_FIGURE = Q(act__startswith="evidence.") | Q(act__startswith="comment.")
_LABELS = {
    "year": "Năm", "remark": "Ghi chú", "reason": "Lý do", "document": "Văn bản", "link": "Liên kết",
    "sha256": "SHA-256 của tệp", "on_behalf": "Đính kèm thay xã", "name": "Tên", "due_on": "Hạn", "rows": "Các dòng",
    "figures": "Số liệu nền", "counts": "Số lượng", "needs_sign_off": "Chủ tịch xã ký duyệt", "measures": "Số đo",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """What of the history is asked for; codes, not names. `before` and `after` are numbers of entries."""

    person: int | None = None
    unit: str = ""
    measure: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None
    after: int | None = None


def led_measures(standing: Standing, today: date) -> dict[str, frozenset[str]]:
    """Measures that a person's departments lead today, by district. One query, none for who sits in no department."""
    seats = [(s.district, s.department) for s in standing.seats if s.role is Role.DEPARTMENT]
    if not seats:
        return {}
    rows = Assignment.objects.in_force(today).filter(district__code__in={district for district, _ in seats})
    found: dict[str, set[str]] = {}
    for district, department, measure in rows.values_list("district__code", "lead__code", "measure__code"):
        if (district, department) in seats:
            found.setdefault(district, set()).add(measure)
    return {district: frozenset(codes) for district, codes in found.items()}


def visible_history(standing: Standing, led: Mapping[str, frozenset[str]]) -> QuerySet[HistoryEntry]:
    """The only door to the history of a district, for this person. No query yet."""
    whole = standing.districts_where(Right.SEE_HISTORY)
    # Their own acts, but nothing of a commune that they have left.
    seen = Q(person_id=standing.person_id or 0) & (
        Q(unit_code__in=["", *standing.communes])
        | Q(district_code__in=standing.districts_where(Right.SEE_ALL_BASES))
    )
    seen |= Q(unit_code__in=standing.communes)
    outside = ~Q(act__in=DRAFT_ACTS) & (~_AROUND_A_FIGURE | Q(was_sent=True))
    if whole:
        seen |= Q(district_code__in=whole) & outside
    for district, measures in led.items():
        of_ours = Q(district_code=district, measure_code__in=measures)
        seen |= of_ours & (outside | Q(unit_code=district))
    entries = HistoryEntry.objects.annotate(about_year=Cast(KT("changes__year"), IntegerField()))
    return entries.annotate(was_sent=_was_sent()).filter(seen)


def _was_sent() -> Exists:
    """Whether the figure that papers and remarks are about had left its unit by then."""
    return Exists(
        Act.objects.filter(
            kind__in=[kind.value for kind in SENT], at__lte=OuterRef("at"),
            assessment__unit__code=OuterRef("unit_code"),
            assessment__measure__code=OuterRef("measure_code"), assessment__year=OuterRef("about_year"),
        )
    )  # fmt: skip


def filtered(entries: QuerySet[HistoryEntry], chosen: HistoryFilter) -> QuerySet[HistoryEntry]:
    """Narrowed by everything but the place in the list; newest first."""
    exact = {"person_id": chosen.person, "unit_code": chosen.unit, "measure_code": chosen.measure}
    entries = entries.filter(**{name: value for name, value in exact.items() if value})
    if chosen.kind:
        wanted = Q()
        for beginning in KINDS[chosen.kind][1]:
            wanted |= Q(act__startswith=beginning)
        entries = entries.filter(wanted)
    if chosen.since:
        entries = entries.filter(on__gte=chosen.since)
    if chosen.until:
        entries = entries.filter(on__lte=chosen.until)
    return entries.order_by("-number")


@dataclass(frozen=True, slots=True)
class Entry:
    """One act as people read it; `details` are label and text, before and after first."""

    number: int
    on: date
    at: datetime
    sentence: str
    person: str
    details: tuple[tuple[str, str], ...]
    hash: str
    previous_hash: str


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """One page by number of entry: `older` and `newer` are the numbers to go on from, None at an end."""

    entries: Sequence[Entry]
    older: int | None
    newer: int | None


def history_page(entries: QuerySet[HistoryEntry], chosen: HistoryFilter) -> HistoryPage:
    """A page of a filtered history, by its keys: as quick at its end as at its beginning, and steady while acts are
    added. Four queries."""
    if chosen.after is not None:
        rows = list(entries.filter(number__gt=chosen.after).order_by("number")[: PAGE_LENGTH + 1])
        has_newer, has_older = len(rows) > PAGE_LENGTH, True
        rows = rows[:PAGE_LENGTH][::-1]
    else:
        some = entries if chosen.before is None else entries.filter(number__lt=chosen.before)
        rows = list(some[: PAGE_LENGTH + 1])
        has_newer, has_older = chosen.before is not None, len(rows) > PAGE_LENGTH
        rows = rows[:PAGE_LENGTH]
    if not rows:
        return HistoryPage((), None, None)
    older, newer = rows[-1].number, rows[0].number
    return HistoryPage(told_in_full(rows), older if has_older else None, newer if has_newer else None)


def told_in_full(rows: Iterable[HistoryEntry]) -> list[Entry]:
    """Entries with the names put in and their values in words. Two queries."""
    rows = list(rows)
    names = dict(Person.objects.filter(pk__in={row.person_id for row in rows}).values_list("pk", "full_name"))
    codes = {row.measure_code for row in rows if row.measure_code}
    measures = {row.code: measure_of(row) for row in Measure.objects.filter(code__in=codes)}
    return [
        Entry(
            row.number, row.on, row.at, row.sentence.replace(PERSON_MARK, names.get(row.person_id, "hệ thống"), 1),
            names.get(row.person_id, "hệ thống"), tuple(_details(row, measures.get(row.measure_code))),
            row.hash, row.previous_hash,
        )
        for row in rows
    ]  # fmt: skip


def _details(row: HistoryEntry, measure: rulebook.Measure | None) -> Iterable[tuple[str, str]]:
    changes = row.changes
    if "after" in changes:
        yield "Trước", _value(measure, changes.get("before"))
        yield "Sau", _value(measure, changes.get("after"))
    for name, label in _LABELS.items():
        said = _plain(changes[name]) if name in changes else ""
        if said:
            yield label, said


def _value(measure: rulebook.Measure | None, raw: Any) -> str:
    """A stored value in words; as it stands where the measure is gone or the row was made by hand."""
    if measure is None or raw is None:
        return "—" if raw is None else _plain(raw)
    try:
        return show_value(measure, decode_value(measure.kind, raw))
    except (ValueError, ArithmeticError):
        return _plain(raw)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "có" if value else ""
    if isinstance(value, dict):
        return _cut("; ".join(f"{name}: {_pair(said)}" for name, said in value.items()))
    if isinstance(value, str | int | float | Decimal):
        return _cut(str(value))
    return _cut(json.dumps(value, ensure_ascii=False)) if value else ""


def _pair(said: Any) -> str:
    """ "3120 → 3155" where two values stand beside each other."""
    if isinstance(said, list) and len(said) == 2:
        return " → ".join("—" if one is None else str(one) for one in said)
    return str(said)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_DETAIL else f"{text[:LONGEST_DETAIL]}…"


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form offers: only people, units and measures that this person may meet in the list."""

    people: Sequence[tuple[int, str]]
    units: Sequence[Unit]
    measures: Sequence[tuple[str, str]]


def choices_for(standing: Standing, led: Mapping[str, frozenset[str]]) -> Choices:
    """Three queries."""
    wide = standing.districts_where(Right.SEE_ALL_BASES)
    units = Unit.objects.visible_to(standing).select_related("parent")
    people = Posting.objects.filter(Q(unit__code__in=wide) | Q(unit__parent__code__in=wide))
    if not wide:
        units = units.filter(Q(code__in=standing.communes))
        districts = standing.districts
        reviewing = Q(unit__code__in=districts, unit__level=Level.DISTRICT.value)
        people = Posting.objects.filter(Q(unit__code__in=standing.communes) | reviewing)
    measures = Measure.objects.order_by("name")
    if led and not standing.districts_where(Right.SEE_HISTORY) and not standing.communes:
        measures = measures.filter(code__in={code for codes in led.values() for code in codes})
    named = sorted(set(people.values_list("person_id", "person__full_name")), key=lambda pair: pair[1].split()[::-1])
    return Choices(named, list(units), list(measures.values_list("code", "name")))
